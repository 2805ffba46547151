//! Writing an image layout into a folder (image-layout.md).
//!
//! Whoever writes holds a lock on the folder. Blobs are complete before the rename of
//! `index.json` makes them an image; only then is removed what nothing points at. Nothing
//! is forced to the disk: readers check every digest, and what a power cut took is
//! found and written again.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use camino::Utf8Path;
use rustix::fs::{FlockOperation, flock};
use tempfile::NamedTempFile;

use super::fault::Fault;
use super::layout_index::{entry, index_of, layout_json, ref_name, spliced};
use super::open::known_version;
use super::source::small_document;
use super::write::{WriteError, unwritable};
use super::{garbage, write_blob};
use crate::image::descriptor::Descriptor;
use crate::image::digest::Digest;
use crate::image::manifest::Index;
use crate::image::multi_platform::MultiPlatformImage;

/// Names of files that are being written start so.
pub(super) const UNFINISHED: &str = ".muslin-";

/// What becomes of the entries that a layout had before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    Kept,
    Removed,
}

/// Writes an image under these tags; how many blobs were written, and how many were there.
pub(super) fn write(
    path: &Utf8Path,
    image: &MultiPlatformImage,
    tags: &[String],
    others: Others,
) -> Result<(usize, usize), WriteError> {
    let layout = LockedLayout::new(path)?;
    let entries = tags.iter().map(|tag| entry(image, tag)).collect();
    let (index, roots) = match others {
        Others::Removed => (index_of(entries), Vec::new()),
        Others::Kept => layout.index_with(entries)?,
    };
    let counts = write_blob::write_all(path, image)?;
    layout.commit(&index)?;

    let image: BTreeSet<Digest> = image.blobs().map(|blob| blob.descriptor.digest).collect();
    garbage::remove(path, image, &roots);
    Ok(counts)
}

/// A layout that no other muslin writes to, until this is dropped.
struct LockedLayout<'a> {
    path: &'a Utf8Path,
    _lock: File,
}

impl<'a> LockedLayout<'a> {
    /// Makes the folder if there is none, waits for other writers and makes it a layout.
    fn new(path: &'a Utf8Path) -> Result<Self, WriteError> {
        let layout = Self {
            path,
            _lock: lock(path)?,
        };
        layout.make_ours()?;
        let blobs = path.join("blobs/sha256");
        fs::create_dir_all(&blobs).map_err(|error| unwritable(blobs, error))?;
        Ok(layout)
    }

    /// Refuses a folder that is neither empty nor a layout.
    fn make_ours(&self) -> Result<(), WriteError> {
        let marker = self.path.join("oci-layout");
        match File::open(&marker) {
            Ok(file) => known_version(file).map_err(|fault| WriteError::Version {
                path: self.path.to_owned(),
                source: Box::new(fault),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if let Some(found) = self.stranger()? {
                    return Err(WriteError::StrangersFolder {
                        path: self.path.to_owned(),
                        found,
                    });
                }
                self.replace("oci-layout", &layout_json())
            }
            Err(error) => Err(unwritable(marker, error)),
        }
    }

    /// Something in the folder that no writer of layouts left unfinished.
    fn stranger(&self) -> Result<Option<String>, WriteError> {
        let unreadable = |error| unwritable(self.path, error);
        for entry in fs::read_dir(self.path).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            let name = name.to_string_lossy();
            if !name.starts_with(UNFINISHED) {
                return Ok(Some(name.into_owned()));
            }
        }
        Ok(None)
    }

    /// The present index with these entries in the place of those of the same tag, and
    /// what the other entries point at.
    fn index_with(&self, new: Vec<Descriptor>) -> Result<(Vec<u8>, Vec<Descriptor>), WriteError> {
        let path = self.path.join("index.json");
        let damaged = |fault| WriteError::Damaged {
            path: self.path.to_owned(),
            source: Box::new(fault),
        };
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((index_of(new), Vec::new()));
            }
            file => file.map_err(|error| damaged(Fault::unreadable(path, error)))?,
        };
        let (bytes, index): (_, Index) = small_document(file, "index.json").map_err(damaged)?;
        let replaced: BTreeSet<&str> = new.iter().filter_map(ref_name).collect();
        let others = index.manifests.iter();
        let others =
            others.filter(|entry| !ref_name(entry).is_some_and(|tag| replaced.contains(tag)));
        let roots = others.cloned().collect();
        let bytes = spliced(&bytes, &new, &replaced);
        let bytes = bytes.map_err(|source| {
            damaged(Fault::Malformed {
                document: "`index.json`".to_owned(),
                source,
            })
        })?;
        Ok((bytes, roots))
    }

    /// Makes the blobs an image. An index that says the same already is left alone.
    fn commit(&self, index: &[u8]) -> Result<(), WriteError> {
        match fs::read(self.path.join("index.json")) {
            Ok(present) if present == index => Ok(()),
            _ => self.replace("index.json", index),
        }
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        let path = self.path.join(name);
        let unwritable = |error| unwritable(&path, error);
        let mut file = unfinished(self.path).map_err(unwritable)?;
        file.write_all(bytes).map_err(unwritable)?;
        file.persist(&path)
            .map_err(|error| unwritable(error.error))?;
        Ok(())
    }
}

/// A file in this folder that is not finished, with the permissions that any new file gets.
pub(super) fn unfinished(folder: &Utf8Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(UNFINISHED)
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)
}

/// Waits until no other muslin writes to a folder, which is made if it is missing.
fn lock(path: &Utf8Path) -> Result<File, WriteError> {
    let unwritable = |error| unwritable(path, error);
    loop {
        match path.metadata() {
            Ok(metadata) if !metadata.is_dir() => {
                return Err(WriteError::NotAFolder(path.to_owned()));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(path).map_err(unwritable)?;
            }
            Err(error) => return Err(unwritable(error)),
        }
        let folder = File::open(path).map_err(unwritable)?;
        flock(&folder, FlockOperation::LockExclusive).map_err(|error| unwritable(error.into()))?;
        // Somebody may have put another folder in its place meanwhile.
        let held = folder.metadata().map_err(unwritable)?;
        let present = path.metadata();
        if present.is_ok_and(|present| (present.dev(), present.ino()) == (held.dev(), held.ino())) {
            return Ok(folder);
        }
    }
}
