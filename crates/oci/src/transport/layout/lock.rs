//! The locks of an image layout. Writers hold one on its folder. Readers share one on the
//! folder of its blobs, so that none is removed below them.

use std::fs::TryLockError;
use std::io;
use std::os::unix::fs::MetadataExt;

use camino::Utf8Path;

use crate::cancellation::{Cancellation, Cancelled};
use crate::file_lock;
use crate::folder::Folder;
use crate::transport::blob_store::BLOBS;
use crate::transport::error::WriteError;
use crate::transport::host::Host;

/// Holds the blobs where they are while this folder is open. It waits for a writer that
/// removes blobs, for that moment alone. `None` where the folder is missing or has no locks.
pub(super) fn hold_blobs(
    layout: &Folder,
    cancellation: &Cancellation,
) -> Result<Option<Folder>, Cancelled> {
    let Ok(blobs) = layout.folder(BLOBS) else {
        return Ok(None);
    };
    let locked = file_lock::lock_shared(blobs.file(), cancellation, || ());
    cancellation.check()?;
    Ok(locked.is_ok().then_some(blobs))
}

/// Allows to remove blobs while this folder is open; `None` while somebody reads the layout.
pub(super) fn release_blobs(layout: &Folder) -> Option<Folder> {
    let blobs = layout.folder(BLOBS).ok()?;
    // A file system without locks has no readers that hold one.
    let is_read = matches!(blobs.file().try_lock(), Err(TryLockError::WouldBlock));
    (!is_read).then_some(blobs)
}

/// Waits until no other process writes to the layout, whose folder is made if it is missing.
/// The lock lasts until the folder is closed.
pub(super) fn lock(path: &Utf8Path, host: &Host) -> Result<Folder, WriteError> {
    let unwritable = |error: io::Error| {
        if path.symlink_metadata().is_ok_and(|found| found.is_file()) {
            WriteError::NotAFolder(path.to_owned())
        } else {
            WriteError::unwritable(path, error)
        }
    };
    loop {
        let folder = Folder::create(path, host.links).map_err(unwritable)?;
        host.lock(folder.file(), path).map_err(unwritable)?;
        // Somebody may have put another folder in its place meanwhile.
        let held = folder.file().metadata().map_err(unwritable)?;
        let present = Folder::open(path, host.links).and_then(|folder| folder.file().metadata());
        if present.is_ok_and(|present| (present.dev(), present.ino()) == (held.dev(), held.ino())) {
            return Ok(folder);
        }
    }
}
