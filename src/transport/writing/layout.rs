//! `oci:DIR[:TAG]`: an image layout in a folder (image-layout.md).
//!
//! Blobs are written beside their place and renamed, then `index.json` is: that
//! rename is what counts. A lock on the folder keeps two writers apart, so that
//! what one has written the other does not take for garbage.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};

use camino::Utf8Path;

use super::{
    LAYOUT_FILE, REF_NAME, TEMPORARY, WriteError, copy_blob, layout_entries, names, temporary,
};
use crate::image::descriptor::Descriptor;
use crate::image::digest::Digest;
use crate::image::manifest::{Index, Manifest};
use crate::image::media_type;
use crate::image::multi_platform::{Blob, MultiPlatformImage};

/// Documents that are larger are no manifests of ours: their blobs are kept.
const MAX_DOCUMENT: u64 = 4 << 20;

pub(super) fn write(
    folder: &Utf8Path,
    tag: Option<&str>,
    image: &MultiPlatformImage,
    tags: &[String],
) -> Result<(), WriteError> {
    let unwritable = |source| WriteError::Write {
        path: folder.to_owned(),
        source,
    };
    if folder.exists() && !folder.is_dir() {
        return Err(WriteError::NotAFolder(folder.to_owned()));
    }
    fs::create_dir_all(folder).map_err(unwritable)?;
    refuse_stranger(folder)?;
    let lock = File::open(folder).map_err(unwritable)?;
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive)
        .map_err(|error| unwritable(error.into()))?;

    let blobs = folder.join("blobs/sha256");
    fs::create_dir_all(&blobs).map_err(unwritable)?;
    replace_if_other(&folder.join("oci-layout"), LAYOUT_FILE.as_bytes())?;
    for blob in image.blobs() {
        put(&blobs, blob)?;
    }

    let index_path = folder.join("index.json");
    let named = names(tag.map(str::to_owned).as_ref(), tags);
    let mut entries = layout_entries(image, &named);
    // Without a tag all that is there is replaced, with one only its own entry.
    if tag.is_some()
        && let Some(old) = read_index(&index_path)?
    {
        let replaced = |entry: &Descriptor| {
            entry
                .annotations
                .get(REF_NAME)
                .is_some_and(|name| named.contains(name))
        };
        entries.extend(old.manifests.into_iter().filter(|entry| !replaced(entry)));
    }
    entries.sort_by(|a, b| {
        a.annotations
            .get(REF_NAME)
            .cmp(&b.annotations.get(REF_NAME))
    });
    let index = Index {
        schema_version: 2,
        media_type: Some(media_type::INDEX.to_owned()),
        manifests: entries,
        annotations: std::collections::BTreeMap::new(),
    };
    let bytes = serde_json::to_vec(&index).expect("an index has text keys alone");
    replace_if_other(&index_path, &bytes)?;
    remove_garbage(folder, &index);
    Ok(())
}

/// A folder with other things in it is not ours to write or to clean.
fn refuse_stranger(folder: &Utf8Path) -> Result<(), WriteError> {
    let unwritable = |source| WriteError::Write {
        path: folder.to_owned(),
        source,
    };
    if folder.join("oci-layout").exists() {
        return Ok(());
    }
    // A layout that was interrupted at its very start has only these.
    let ours = |name: &str| name == "blobs" || name.starts_with(TEMPORARY);
    for entry in folder.read_dir_utf8().map_err(unwritable)? {
        if !ours(entry.map_err(unwritable)?.file_name()) {
            return Err(WriteError::Stranger(folder.to_owned()));
        }
    }
    Ok(())
}

/// Writes a blob unless it is there and whole.
fn put(blobs: &Utf8Path, blob: &Blob) -> Result<(), WriteError> {
    let digest = blob.descriptor.digest;
    let path = blobs.join(digest.hex());
    let there = File::open(&path).and_then(Digest::of_reader);
    if there.is_ok_and(|found| found == (digest, blob.descriptor.size)) {
        return Ok(());
    }
    let unwritable = |source| WriteError::Write {
        path: path.clone(),
        source,
    };
    let mut file = temporary(blobs).map_err(unwritable)?;
    copy_blob(blob, file.as_file_mut()).map_err(|error| error.at(&path, digest))?;
    file.persist(&path)
        .map_err(|error| unwritable(error.error))?;
    Ok(())
}

fn replace_if_other(path: &Utf8Path, bytes: &[u8]) -> Result<(), WriteError> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    super::replace(path, |file| {
        file.write_all(bytes).map_err(|source| WriteError::Write {
            path: path.to_owned(),
            source,
        })
    })
}

fn read_index(path: &Utf8Path) -> Result<Option<Index>, WriteError> {
    match fs::read(path) {
        Ok(bytes) => {
            serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|source| WriteError::BrokenIndex {
                    path: path.to_owned(),
                    source,
                })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(WriteError::Write {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Removes blobs that nothing points at and files that were left unfinished. What
/// cannot be understood keeps all blobs where they are.
fn remove_garbage(folder: &Utf8Path, index: &Index) {
    let blobs = folder.join("blobs/sha256");
    let mut used = BTreeSet::new();
    let understood = index
        .manifests
        .iter()
        .all(|entry| mark(&blobs, entry, &mut used, 0));
    for (place, all) in [(folder, false), (blobs.as_path(), understood)] {
        let Ok(entries) = place.read_dir_utf8() else {
            continue;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let unused = all && is_digest(name) && !used.contains(name);
            if unused || name.starts_with(TEMPORARY) {
                // What cannot be removed is garbage at the next time, too.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Marks what a descriptor leads to; says whether all of it was understood.
fn mark(blobs: &Utf8Path, entry: &Descriptor, used: &mut BTreeSet<String>, depth: u8) -> bool {
    let name = entry.digest.hex();
    let path = blobs.join(&name);
    used.insert(name);
    let is_index = media_type::is_index(&entry.media_type);
    if !is_index && !media_type::is_manifest(&entry.media_type) {
        return false;
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_DOCUMENT).read_to_end(&mut bytes));
    if read.is_err() || depth > 4 {
        return false;
    }
    if is_index {
        let index: Result<Index, _> = serde_json::from_slice(&bytes);
        return index.is_ok_and(|index| {
            index
                .manifests
                .iter()
                .all(|entry| mark(blobs, entry, used, depth + 1))
        });
    }
    let manifest: Result<Manifest, _> = serde_json::from_slice(&bytes);
    manifest.is_ok_and(|manifest| {
        used.insert(manifest.config.digest.hex());
        used.extend(manifest.layers.iter().map(|layer| layer.digest.hex()));
        true
    })
}
