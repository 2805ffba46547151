//! Writing an image layout as one tar.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use camino::Utf8Path;

use super::archive_file::ArchiveFile;
use super::blob_reader::BlobReader;
use super::layout_index::{index_json, layout_json};
use super::write::{WriteError, unwritable};
use super::write_blob::copy_blob;
use crate::image::entry::{Entry, EntryKind};
use crate::image::multi_platform::{Blob, MultiPlatformImage};
use crate::image::tar;

/// Writes an image under these tags; how many blobs it has.
pub(super) fn write(
    path: &Utf8Path,
    image: &MultiPlatformImage,
    tags: &[String],
) -> Result<usize, WriteError> {
    let archive = ArchiveFile::new(path)?;
    match write_to(
        BufWriter::with_capacity(1 << 16, &archive.file),
        path,
        image,
        tags,
    ) {
        Ok(count) => archive.commit().map(|()| count),
        Err(error) => Err(archive.give_up(error)),
    }
}

fn write_to(
    mut out: impl Write,
    path: &Utf8Path,
    image: &MultiPlatformImage,
    tags: &[String],
) -> Result<usize, WriteError> {
    let unwritable = |error| unwritable(path, error);
    for folder in ["blobs", "blobs/sha256"] {
        let entry = Entry::new(folder, EntryKind::Directory { mode: 0o755 });
        let entry = entry.expect("these paths are normal and short");
        tar::write_entry(&mut out, &entry).map_err(unwritable)?;
    }
    let blobs: BTreeMap<String, &Blob> = image
        .blobs()
        .map(|blob| (blob.descriptor.digest.hex(), blob))
        .collect();
    for (hex, blob) in &blobs {
        write_blob(&mut out, path, &format!("blobs/sha256/{hex}"), blob)?;
    }
    for (name, bytes) in [
        ("index.json", index_json(image, tags)),
        ("oci-layout", layout_json()),
    ] {
        write_bytes(&mut out, name, &bytes).map_err(unwritable)?;
    }
    tar::write_end(&mut out).map_err(unwritable)?;
    out.flush().map_err(unwritable)?;
    Ok(blobs.len())
}

/// A blob as it is, checked on the way.
pub(super) fn write_blob(
    out: &mut impl Write,
    path: &Utf8Path,
    name: &str,
    blob: &Blob,
) -> Result<(), WriteError> {
    let unwritable = |error| unwritable(path, error);
    let size = blob.descriptor.size;
    tar::write_file_header(out, name, 0o644, size).map_err(unwritable)?;
    let reader = BlobReader::open(blob).map_err(|fault| WriteError::Image(Box::new(fault)))?;
    copy_blob(reader, blob.descriptor.digest, path, out)?;
    tar::write_padding(out, size).map_err(unwritable)
}

/// A small file.
pub(super) fn write_bytes(out: &mut impl Write, name: &str, bytes: &[u8]) -> io::Result<()> {
    tar::write_file_header(out, name, 0o644, bytes.len() as u64)?;
    tar::write_content(out, bytes.len() as u64, bytes)
}
