//! Writes an image into an image layout.
//!
//! The writer holds a lock on the folder. All blobs are complete before the rename of
//! `index.json` makes them an image, and only then unreferenced blobs are removed. Where there
//! was an image before, the new one is synced to the disk first: after a power cut there is the
//! old image or the new one.

use std::collections::BTreeSet;
use std::io::{self, Read as _, Write as _};

use camino::Utf8Path;

use super::format::{check_version, entry, index_json_of, layout_json, ref_name, replace_entries};
use super::lock::lock;
use super::{UNFINISHED_PREFIX, blobs, gc};
use crate::descriptor::Descriptor;
use crate::digest::Digest;
use crate::folder::Folder;
use crate::image::MultiPlatformImage;
use crate::index::Index;
use crate::transport::blob_store::BLOBS;
use crate::transport::document::{MAX_DOCUMENT, read_document};
use crate::transport::error::{ReadErrorKind, WriteError};
use crate::transport::host::Host;
use crate::transport::regular_file::open_regular_in;

/// What becomes of the entries that a layout had before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::transport) enum ExistingEntries {
    Keep,
    Remove,
}

/// Writes an image under these tags; how many blobs were written, and how many were there.
pub(in crate::transport) fn write(
    path: &Utf8Path,
    image: &MultiPlatformImage,
    tags: &[String],
    existing: ExistingEntries,
    host: &Host,
) -> Result<(usize, usize), WriteError> {
    let layout = LockedLayout::new(path, host)?;
    let entries = tags.iter().map(|tag| entry(image, tag)).collect();
    let (index, roots) = match existing {
        ExistingEntries::Remove => (index_json_of(entries), Vec::new()),
        ExistingEntries::Keep => layout.index_with(entries)?,
    };
    let cancellation = &host.cancellation;
    let counts = blobs::write_all(&layout.folder, &layout.blobs, image, cancellation)?;
    let used: BTreeSet<Digest> = image.blobs().map(|blob| blob.descriptor.digest).collect();
    let unreferenced = gc::unreferenced(&layout.folder, &layout.blobs, used, &roots);
    match layout.present_index() {
        Ok(present) if present == index => (),
        Ok(_) => {
            blobs::sync_all(&layout.blobs, image)?;
            replace(&layout.folder, "index.json", &index, Sync::Yes)?;
        }
        Err(_) => replace(&layout.folder, "index.json", &index, Sync::No)?,
    }
    gc::remove(&layout.folder, &unreferenced);
    Ok(counts)
}

/// Whether something is on the disk before what comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sync {
    Yes,
    No,
}

/// A layout that no other process writes to, until this is dropped.
struct LockedLayout {
    /// Keeps the lock.
    folder: Folder,
    blobs: Folder,
}

impl LockedLayout {
    /// Makes the folder if there is none, waits for other writers and makes it a layout.
    fn new(path: &Utf8Path, host: &Host) -> Result<Self, WriteError> {
        let folder = lock(path, host)?;
        initialize(&folder)?;
        let blobs = folder
            .create_folder(BLOBS)
            .map_err(|error| WriteError::unwritable(path.join(BLOBS), error))?;
        Ok(Self { folder, blobs })
    }

    /// The present index with `new` in place of the entries that have their tags, and the
    /// other entries.
    fn index_with(&self, new: Vec<Descriptor>) -> Result<(Vec<u8>, Vec<Descriptor>), WriteError> {
        let damaged = |fault| WriteError::Damaged {
            path: self.folder.path().to_owned(),
            source: Box::new(fault),
        };
        let file = match open_regular_in(&self.folder, "index.json") {
            Err(ReadErrorKind::NoFile(_)) => return Ok((index_json_of(new), Vec::new())),
            file => file.map_err(damaged)?,
        };
        let (bytes, index): (_, Index) = read_document(file, "index.json").map_err(damaged)?;
        let replaced: BTreeSet<&str> = new.iter().filter_map(ref_name).collect();
        let others = index.manifests.iter();
        let others =
            others.filter(|entry| !ref_name(entry).is_some_and(|tag| replaced.contains(tag)));
        let roots = others.cloned().collect();
        let bytes = replace_entries(&bytes, &new, &replaced);
        let bytes = bytes.map_err(|source| {
            damaged(ReadErrorKind::Malformed {
                document: "`index.json`".to_owned(),
                source,
            })
        })?;
        Ok((bytes, roots))
    }

    /// The bytes of the present `index.json`.
    fn present_index(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let file = self.folder.open_file("index.json")?;
        file.take(MAX_DOCUMENT).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// Makes an empty folder a layout; refuses one that is neither empty nor a layout.
fn initialize(folder: &Folder) -> Result<(), WriteError> {
    let path = || folder.path().to_owned();
    let version = match open_regular_in(folder, "oci-layout") {
        Ok(file) => check_version(file),
        Err(ReadErrorKind::NoFile(_)) => {
            if let Some(found) = foreign_entry(folder)? {
                return Err(WriteError::NotALayout {
                    path: path(),
                    found,
                });
            }
            return replace(folder, "oci-layout", &layout_json(), Sync::No);
        }
        Err(fault) => Err(fault),
    };
    version.map_err(|fault| WriteError::Version {
        path: path(),
        source: Box::new(fault),
    })
}

/// The name of a file in the folder that is not an unfinished one of muslin.
fn foreign_entry(folder: &Folder) -> Result<Option<String>, WriteError> {
    let names = folder.names();
    let mut names = names
        .map_err(|error| WriteError::unwritable(folder.path(), error))?
        .into_iter();
    Ok(names.find(|name| !name.starts_with(UNFINISHED_PREFIX)))
}

fn replace(folder: &Folder, name: &str, bytes: &[u8], sync: Sync) -> Result<(), WriteError> {
    let unwritable = |error| WriteError::unwritable(folder.path().join(name), error);
    let mut unfinished = blobs::unfinished_file(folder).map_err(unwritable)?;
    unfinished.file.write_all(bytes).map_err(unwritable)?;
    if sync == Sync::Yes {
        unfinished.file.sync_all().map_err(unwritable)?;
    }
    unfinished.rename(folder, name).map_err(unwritable)?;
    if sync == Sync::Yes {
        folder.file().sync_all().map_err(unwritable)?;
    }
    Ok(())
}
