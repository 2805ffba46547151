//! Putting blobs into a layout, each whole and checked or not at all.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use camino::Utf8Path;

use super::blob_reader::BlobReader;
use super::fault::Fault;
use super::layout::unfinished;
use super::store::blob_path;
use super::write::{WriteError, unwritable};
use crate::image::copy::copy;
use crate::image::descriptor::Descriptor;
use crate::image::digest::Digest;
use crate::image::multi_platform::{Blob, MultiPlatformImage};

/// More at once do not make a disk quicker.
const MAX_THREADS: usize = 4;

/// Writes what is not there yet; how many blobs were written, and how many were there.
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

/// Whether the blob was not there before.
fn write_one(layout: &Utf8Path, blob: &Blob) -> Result<bool, WriteError> {
    let path = blob_path(layout, blob.descriptor.digest);
    if is_whole(&path, &blob.descriptor) {
        return Ok(false);
    }
    let unwritable = |error| unwritable(&path, error);
    let mut file = unfinished(layout).map_err(unwritable)?;
    let reader = BlobReader::open(blob).map_err(|fault| WriteError::Image(Box::new(fault)))?;
    copy_blob(reader, blob.descriptor.digest, &path, &mut file)?;
    file.persist(&path)
        .map_err(|error| unwritable(error.error))?;
    Ok(true)
}

/// Copies from a blob, and tells its errors from those of the destination.
pub(super) fn copy_blob(
    reader: impl io::Read,
    digest: Digest,
    path: &Utf8Path,
    out: &mut impl io::Write,
) -> Result<u64, WriteError> {
    let mut reader = Remember {
        inner: reader,
        error: None,
    };
    copy(&mut reader, out).map_err(|error| match reader.error.take() {
        Some(error) => WriteError::Image(Box::new(Fault::of_blob(digest, error))),
        None => unwritable(path, error),
    })
}

/// Keeps a reader's error apart.
struct Remember<R> {
    inner: R,
    error: Option<io::Error>,
}

impl<R: io::Read> io::Read for Remember<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.error = Some(error);
            }
            kind.into()
        })
    }
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
