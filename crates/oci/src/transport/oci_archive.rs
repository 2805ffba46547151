//! An image layout in one tar: `oci-archive:`.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};

use camino::Utf8Path;

use super::archive::{ArchiveIndex, ReplacedFile, write_blob, write_file};
use super::blob_store::BlobStore;
use super::error::{ReadErrorKind, WriteError};
use super::host::Host;
use super::layout::format::{check_version, index_json, layout_json, read_entries};
use super::source;
use crate::cancellation::Cancellation;
use crate::digest::Digest;
use crate::image::{Blob, MultiPlatformImage};
use crate::tar::{self, Entry, EntryKind};

/// The blobs and entries of an archive.
pub(super) fn read(tar: &ArchiveIndex) -> Result<(BlobStore, Vec<source::Entry>), ReadErrorKind> {
    if tar.find("oci-layout").is_err() && tar.find("manifest.json").is_ok() {
        return Err(ReadErrorKind::OtherTransport {
            missing: "oci-layout",
            transport: "docker-archive",
        });
    }
    check_version(tar.open("oci-layout")?)?;
    let entries = read_entries(tar.open("index.json")?)?;
    let mut blobs = BTreeMap::new();
    for name in tar.names() {
        let digest = name.strip_prefix("blobs/sha256/");
        let digest = digest.and_then(|hex| format!("sha256:{hex}").parse::<Digest>().ok());
        if let Some(digest) = digest {
            blobs.insert(digest, tar.part(tar.find(name)?));
        }
    }
    Ok((BlobStore::Archive(blobs), entries))
}

/// Writes an image under these tags; gives how many blobs it has.
pub(super) fn write(
    path: &Utf8Path,
    image: &MultiPlatformImage,
    tags: &[String],
    host: &Host,
) -> Result<usize, WriteError> {
    let mut archive = ReplacedFile::new(path, host)?;
    let out = BufWriter::with_capacity(1 << 16, archive.file());
    let count = write_to(out, path, image, tags, &host.cancellation)?;
    archive.commit()?;
    Ok(count)
}

fn write_to(
    mut out: impl Write,
    path: &Utf8Path,
    image: &MultiPlatformImage,
    tags: &[String],
    cancellation: &Cancellation,
) -> Result<usize, WriteError> {
    let unwritable = |error| WriteError::unwritable(path, error);
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
        write_blob(
            &mut out,
            path,
            &format!("blobs/sha256/{hex}"),
            blob,
            cancellation,
        )?;
    }
    for (name, bytes) in [
        ("index.json", index_json(image, tags)),
        ("oci-layout", layout_json()),
    ] {
        write_file(&mut out, name, &bytes).map_err(unwritable)?;
    }
    tar::write_end(&mut out).map_err(unwritable)?;
    out.flush().map_err(unwritable)?;
    Ok(blobs.len())
}
