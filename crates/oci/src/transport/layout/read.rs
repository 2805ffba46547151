//! Reads an image layout.

use std::io;

use camino::Utf8Path;

use super::format::{check_version, read_entries};
use super::lock::hold_blobs;
use crate::folder::Folder;
use crate::transport::blob_store::{BLOBS, BlobStore};
use crate::transport::error::ReadErrorKind;
use crate::transport::host::Host;
use crate::transport::regular_file::open_regular_in;
use crate::transport::source::Entry;

/// The blobs and entries of the layout in this folder.
pub(in crate::transport) fn read(
    path: &Utf8Path,
    host: &Host,
) -> Result<(BlobStore, Vec<Entry>), ReadErrorKind> {
    let layout = Folder::open(path, host.links).map_err(|error| match error.kind() {
        io::ErrorKind::NotADirectory => ReadErrorKind::NotAFolder(path.to_owned()),
        _ => ReadErrorKind::unreadable(path, error),
    })?;
    let version = match open_regular_in(&layout, "oci-layout") {
        Err(ReadErrorKind::NoFile(_)) => return Err(ReadErrorKind::NoLayout(path.to_owned())),
        file => file?,
    };
    check_version(version)?;
    // Before the index is read: what that names is there from now on.
    let lock = hold_blobs(&layout, &host.cancellation)?;
    let entries = read_entries(open_regular_in(&layout, "index.json")?)?;
    let blobs = match layout.folder(BLOBS) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        // Not shared with the lock, which ends before images do.
        blobs => Some(blobs.map_err(|error| ReadErrorKind::unreadable(path.join(BLOBS), error))?),
    };
    Ok((BlobStore::Layout { blobs, _lock: lock }, entries))
}
