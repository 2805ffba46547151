//! Writes the files of an archive.

use std::io::{self, Write};

use camino::Utf8Path;

use crate::cancellation::Cancellation;
use crate::image::Blob;
use crate::tar;
use crate::transport::blob::{BlobReader, copy_blob};
use crate::transport::error::WriteError;

/// Writes a blob under a name, verified on the way; `path` is the archive, for errors.
pub(in crate::transport) fn write_blob(
    out: &mut impl Write,
    path: &Utf8Path,
    name: &str,
    blob: &Blob,
    cancellation: &Cancellation,
) -> Result<(), WriteError> {
    let unwritable = |error| WriteError::unwritable(path, error);
    let size = blob.descriptor.size;
    tar::write_file_header(out, name, 0o644, size).map_err(unwritable)?;
    let reader = BlobReader::open(blob).map_err(WriteError::image)?;
    copy_blob(cancellation.reader(reader), blob.descriptor.digest, out)
        .map_err(|error| WriteError::of_copy(error, path))?;
    tar::write_padding(out, size).map_err(unwritable)
}

/// Writes a file from memory.
pub(in crate::transport) fn write_file(
    out: &mut impl Write,
    name: &str,
    bytes: &[u8],
) -> io::Result<()> {
    tar::write_file_header(out, name, 0o644, bytes.len() as u64)?;
    tar::write_content(out, bytes.len() as u64, bytes)
}
