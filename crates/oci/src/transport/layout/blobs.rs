//! Writes blobs into an image layout, each whole and verified or not at all.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::UNFINISHED_PREFIX;
use crate::cancellation::Cancellation;
use crate::descriptor::Descriptor;
use crate::digest::Digest;
use crate::folder::Folder;
use crate::image::{Blob, MultiPlatformImage};
use crate::transport::blob::{BlobReader, copy_blob};
use crate::transport::error::WriteError;
use crate::unfinished_file::UnfinishedFile;

/// The most blobs that are written at once: more do not make a disk quicker.
const MAX_THREADS: usize = 4;

/// Writes the blobs that are not yet in the layout, whose blobs are in `folder`. Gives how many were written, and how many were
/// there before.
pub(super) fn write_all(
    layout: &Folder,
    folder: &Folder,
    image: &MultiPlatformImage,
    cancellation: &Cancellation,
) -> Result<(usize, usize), WriteError> {
    let blobs: Vec<&Blob> = image.blobs().collect();
    let next = AtomicUsize::new(0);
    let work = || -> Result<usize, WriteError> {
        let mut written = 0;
        while let Some(blob) = blobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            written += usize::from(write_one(layout, folder, blob, cancellation)?);
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
pub(super) fn sync_all(folder: &Folder, image: &MultiPlatformImage) -> Result<(), WriteError> {
    let unwritable = |error| WriteError::unwritable(folder.path(), error);
    for blob in image.blobs() {
        let file = folder.open_file(&blob.descriptor.digest.hex());
        file.and_then(|file| file.sync_all()).map_err(unwritable)?;
    }
    folder.file().sync_all().map_err(unwritable)
}

/// Writes a blob unless it is there; gives whether it was written.
fn write_one(
    layout: &Folder,
    folder: &Folder,
    blob: &Blob,
    cancellation: &Cancellation,
) -> Result<bool, WriteError> {
    let name = blob.descriptor.digest.hex();
    if is_whole(folder, &name, &blob.descriptor, cancellation) {
        return Ok(false);
    }
    let path = folder.path().join(&name);
    let unwritable = |error| WriteError::unwritable(&path, error);
    let mut unfinished = unfinished_file(layout).map_err(unwritable)?;
    let reader = cancellation.reader(BlobReader::open(blob).map_err(WriteError::image)?);
    copy_blob(reader, blob.descriptor.digest, &mut unfinished.file)
        .map_err(|error| WriteError::of_copy(error, &path))?;
    unfinished.rename(folder, &name).map_err(unwritable)?;
    Ok(true)
}

/// An unfinished file in this folder, with the permissions that any new file gets.
pub(super) fn unfinished_file(folder: &Folder) -> io::Result<UnfinishedFile> {
    UnfinishedFile::new(folder, UNFINISHED_PREFIX, "")
}

/// Whether a blob is there already, with the content that its name says.
fn is_whole(
    folder: &Folder,
    name: &str,
    descriptor: &Descriptor,
    cancellation: &Cancellation,
) -> bool {
    let same = || -> io::Result<bool> {
        if !folder.is_regular(name)? {
            return Ok(false);
        }
        let file = folder.open_file(name)?;
        if file.metadata()?.len() != descriptor.size {
            return Ok(false);
        }
        let found = Digest::of_reader(cancellation.reader(file))?;
        Ok(found == (descriptor.digest, descriptor.size))
    };
    same().unwrap_or(false)
}
