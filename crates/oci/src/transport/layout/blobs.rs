//! Writes blobs into an image layout, each whole and verified or not at all.

use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use camino::{Utf8Path, Utf8PathBuf};

use tempfile::NamedTempFile;

use super::UNFINISHED_PREFIX;
use crate::descriptor::Descriptor;
use crate::digest::Digest;
use crate::image::{Blob, MultiPlatformImage};
use crate::transport::blob::{BlobReader, copy_blob};
use crate::transport::blob_store::{BLOBS, blob_path};
use crate::transport::error::WriteError;

/// The most blobs that are written at once: more do not make a disk quicker.
const MAX_THREADS: usize = 4;

/// Writes the blobs that are not there yet. Gives how many were written, and how many were
/// there before.
pub(super) fn write_all(
    layout: &Utf8Path,
    image: &MultiPlatformImage,
) -> Result<(usize, usize), WriteError> {
    let blobs: Vec<&Blob> = image.blobs().collect();
    let next = AtomicUsize::new(0);
    let work = || -> Result<usize, WriteError> {
        let mut written = 0;
        while let Some(blob) = blobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            written += usize::from(write_one(layout, blob)?);
        }
        Ok(written)
    };
    let written = thread::scope(|scope| {
        let workers: Vec<_> = (0..blobs.len().min(MAX_THREADS))
            .map(|_| scope.spawn(work))
            .collect();
        let mut written = 0;
        for worker in workers {
            let count = worker.join();
            written += count.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
        Ok::<_, WriteError>(written)
    })?;
    Ok((written, blobs.len() - written))
}

/// Waits until the blobs of an image, and their names, are on the disk.
pub(super) fn sync_all(layout: &Utf8Path, image: &MultiPlatformImage) -> Result<(), WriteError> {
    let sync = |path: Utf8PathBuf| {
        let synced = File::open(&path).and_then(|file| file.sync_all());
        synced.map_err(|error| WriteError::unwritable(path, error))
    };
    image
        .blobs()
        .map(|blob| blob_path(layout, blob.descriptor.digest))
        .chain([layout.join(BLOBS)])
        .try_for_each(sync)
}

/// Writes a blob unless it is there; gives whether it was written.
fn write_one(layout: &Utf8Path, blob: &Blob) -> Result<bool, WriteError> {
    let path = blob_path(layout, blob.descriptor.digest);
    if is_whole(&path, &blob.descriptor) {
        return Ok(false);
    }
    let unwritable = |error| WriteError::unwritable(&path, error);
    let mut file = unfinished_file(layout).map_err(unwritable)?;
    let reader = BlobReader::open(blob).map_err(WriteError::image)?;
    copy_blob(reader, blob.descriptor.digest, &mut file)
        .map_err(|error| WriteError::of_copy(error, &path))?;
    file.persist(&path)
        .map_err(|error| unwritable(error.error))?;
    Ok(true)
}

/// An unfinished file in this folder, with the permissions that any new file gets.
pub(super) fn unfinished_file(folder: &Utf8Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(UNFINISHED_PREFIX)
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)
}

/// Whether a blob is there already, with the content that its name says.
fn is_whole(path: &Utf8Path, descriptor: &Descriptor) -> bool {
    let same = || -> io::Result<bool> {
        let metadata = path.symlink_metadata()?;
        if !metadata.is_file() || metadata.len() != descriptor.size {
            return Ok(false);
        }
        let found = Digest::of_reader(File::open(path)?)?;
        Ok(found == (descriptor.digest, descriptor.size))
    };
    same().unwrap_or(false)
}
