//! The lock that writers of an image layout hold.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;

use camino::Utf8Path;

use crate::transport::error::WriteError;

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
