//! Reads an image layout.

use camino::Utf8Path;

use super::format::{check_version, read_entries};
use super::lock::hold_blobs;
use crate::transport::archive::open_regular;
use crate::transport::blob_store::BlobStore;
use crate::transport::error::ReadErrorKind;
use crate::transport::source::Entry;

/// The blobs and entries of the layout in this folder.
pub(in crate::transport) fn read(
    path: &Utf8Path,
) -> Result<(BlobStore, Vec<Entry>), ReadErrorKind> {
    let metadata = path.metadata();
    let metadata = metadata.map_err(|error| ReadErrorKind::unreadable(path, error))?;
    if !metadata.is_dir() {
        return Err(ReadErrorKind::NotAFolder(path.to_owned()));
    }
    let version = match open_regular(&path.join("oci-layout")) {
        Err(ReadErrorKind::NoFile(_)) => return Err(ReadErrorKind::NoLayout(path.to_owned())),
        file => file?,
    };
    check_version(version)?;
    // Before the index is read: what that names is there from now on.
    let lock = hold_blobs(path);
    let entries = read_entries(open_regular(&path.join("index.json"))?)?;
    let path = path.to_owned();
    Ok((BlobStore::Layout { path, _lock: lock }, entries))
}
