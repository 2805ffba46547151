//! Locks between processes that fill the same cache folder.

use std::fs::{File, TryLockError};
use std::io;

use camino::Utf8Path;

/// As [`lock_folder`]; calls `waiting` if another process holds the lock.
pub(crate) fn lock_folder_saying(folder: &Utf8Path, waiting: &dyn Fn()) -> io::Result<File> {
    let file = File::open(folder)?;
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        waiting();
    }
    file.lock()?;
    Ok(file)
}

/// Waits for the exclusive lock (`flock`) of a folder and holds it until the result is dropped.
pub(crate) fn lock_folder(folder: &Utf8Path) -> io::Result<File> {
    let file = File::open(folder)?;
    file.lock()?;
    Ok(file)
}
