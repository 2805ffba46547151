//! Writes an image into an image layout.
//!
//! The writer holds a lock on the folder. All blobs are complete before the rename of
//! `index.json` makes them an image, and only then unreferenced blobs are removed. Where blobs
//! of an image before are removed, the new one is synced to the disk first: after a power cut
//! there is the old image or the new one.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};

use camino::Utf8Path;

use super::format::{check_version, entry, index_json_of, layout_json, ref_name, replace_entries};
use super::lock::lock;
use super::{UNFINISHED_PREFIX, blobs, gc};
use crate::descriptor::Descriptor;
use crate::digest::Digest;
use crate::image::MultiPlatformImage;
use crate::index::Index;
use crate::transport::blob_store::BLOBS;
use crate::transport::document::read_document;
use crate::transport::error::{ReadErrorKind, WriteError};

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
) -> Result<(usize, usize), WriteError> {
    let layout = LockedLayout::new(path)?;
    let entries = tags.iter().map(|tag| entry(image, tag)).collect();
    let (index, roots) = match existing {
        ExistingEntries::Remove => (index_json_of(entries), Vec::new()),
        ExistingEntries::Keep => layout.index_with(entries)?,
    };
    let counts = blobs::write_all(path, image)?;
    let used: BTreeSet<Digest> = image.blobs().map(|blob| blob.descriptor.digest).collect();
    let unreferenced = gc::unreferenced(path, used, &roots);
    if unreferenced.is_empty() {
        layout.commit(&index, Sync::No)?;
    } else {
        blobs::sync_all(path, image)?;
        layout.commit(&index, Sync::Yes)?;
    }
    gc::remove(path, &unreferenced);
    Ok(counts)
}

/// A layout that no other process writes to, until this is dropped.
struct LockedLayout<'a> {
    path: &'a Utf8Path,
    /// The folder.
    lock: File,
}

/// Whether something is on the disk before what comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sync {
    Yes,
    No,
}

impl<'a> LockedLayout<'a> {
    /// Makes the folder if there is none, waits for other writers and makes it a layout.
    fn new(path: &'a Utf8Path) -> Result<Self, WriteError> {
        let layout = Self {
            path,
            lock: lock(path)?,
        };
        layout.initialize()?;
        let blobs = path.join(BLOBS);
        fs::create_dir_all(&blobs).map_err(|error| WriteError::unwritable(blobs, error))?;
        Ok(layout)
    }

    /// Makes an empty folder a layout; refuses one that is neither empty nor a layout.
    fn initialize(&self) -> Result<(), WriteError> {
        let marker = self.path.join("oci-layout");
        match File::open(&marker) {
            Ok(file) => check_version(file).map_err(|fault| WriteError::Version {
                path: self.path.to_owned(),
                source: Box::new(fault),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if let Some(found) = self.foreign_entry()? {
                    return Err(WriteError::NotALayout {
                        path: self.path.to_owned(),
                        found,
                    });
                }
                self.replace("oci-layout", &layout_json(), Sync::No)
            }
            Err(error) => Err(WriteError::unwritable(marker, error)),
        }
    }

    /// The name of a file in the folder that is not an unfinished one of muslin.
    fn foreign_entry(&self) -> Result<Option<String>, WriteError> {
        let unreadable = |error| WriteError::unwritable(self.path, error);
        for entry in fs::read_dir(self.path).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            let name = name.to_string_lossy();
            if !name.starts_with(UNFINISHED_PREFIX) {
                return Ok(Some(name.into_owned()));
            }
        }
        Ok(None)
    }

    /// The present index with `new` in place of the entries that have their tags, and the
    /// other entries.
    fn index_with(&self, new: Vec<Descriptor>) -> Result<(Vec<u8>, Vec<Descriptor>), WriteError> {
        let path = self.path.join("index.json");
        let damaged = |fault| WriteError::Damaged {
            path: self.path.to_owned(),
            source: Box::new(fault),
        };
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((index_json_of(new), Vec::new()));
            }
            file => file.map_err(|error| damaged(ReadErrorKind::unreadable(path, error)))?,
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

    /// Replaces `index.json`, unless it has these bytes already.
    fn commit(&self, index: &[u8], sync: Sync) -> Result<(), WriteError> {
        match fs::read(self.path.join("index.json")) {
            Ok(present) if present == index => Ok(()),
            _ => self.replace("index.json", index, sync),
        }
    }

    fn replace(&self, name: &str, bytes: &[u8], sync: Sync) -> Result<(), WriteError> {
        let path = self.path.join(name);
        let unwritable = |error| WriteError::unwritable(&path, error);
        let mut file = blobs::unfinished_file(self.path).map_err(unwritable)?;
        file.write_all(bytes).map_err(unwritable)?;
        if sync == Sync::Yes {
            file.as_file().sync_all().map_err(unwritable)?;
        }
        file.persist(&path)
            .map_err(|error| unwritable(error.error))?;
        if sync == Sync::Yes {
            self.lock.sync_all().map_err(unwritable)?;
        }
        Ok(())
    }
}
