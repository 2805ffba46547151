//! The locks of an image layout. Writers hold one on its folder. Readers share one on the
//! folder of its blobs, so that none is removed below them.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;

use camino::Utf8Path;

use crate::transport::blob_store::BLOBS;
use crate::transport::error::WriteError;

/// Holds the blobs where they are while this file is open. It waits for a writer that removes
/// blobs, for that moment alone. `None` where the folder is missing or has no locks.
pub(super) fn hold_blobs(path: &Utf8Path) -> Option<File> {
    let folder = File::open(path.join(BLOBS)).ok()?;
    folder.lock_shared().ok()?;
    Some(folder)
}

/// Allows to remove blobs while this file is open; `None` while somebody reads the layout.
pub(super) fn release_blobs(path: &Utf8Path) -> Option<File> {
    let folder = File::open(path.join(BLOBS)).ok()?;
    // A file system without locks has no readers that hold one.
    let is_read = matches!(folder.try_lock(), Err(TryLockError::WouldBlock));
    (!is_read).then_some(folder)
}

/// Waits until no other process writes to the layout, whose folder is made if it is missing.
/// The lock lasts until the file is closed.
pub(super) fn lock(path: &Utf8Path) -> Result<File, WriteError> {
    let unwritable = |error| WriteError::unwritable(path, error);
    loop {
        match path.metadata() {
            Ok(metadata) if !metadata.is_dir() => {
                return Err(WriteError::NotAFolder(path.to_owned()));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(path).map_err(unwritable)?;
            }
            Err(error) => return Err(unwritable(error)),
        }
        let folder = File::open(path).map_err(unwritable)?;
        folder.lock().map_err(unwritable)?;
        // Somebody may have put another folder in its place meanwhile.
        let held = folder.metadata().map_err(unwritable)?;
        let present = path.metadata();
        if present.is_ok_and(|present| (present.dev(), present.ino()) == (held.dev(), held.ino())) {
            return Ok(folder);
        }
    }
}
