//! Locks between processes that fill the same cache folder.

use std::fs::File;
use std::io;

use camino::Utf8Path;

/// Waits for the exclusive lock (`flock`) of a folder and holds it until the result is dropped.
pub(crate) fn lock_folder(folder: &Utf8Path) -> io::Result<File> {
    let file = File::open(folder)?;
    file.lock()?;
    Ok(file)
}
