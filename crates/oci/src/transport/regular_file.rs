//! Opens regular files and nothing else: a pipe would wait for a writer that never comes.

use std::fs::File;
use std::io;

use camino::Utf8Path;

use super::error::ReadErrorKind;
use crate::folder::{Folder, Links, open_file};

/// Opens the regular file at this path for reading.
pub(super) fn open_regular(path: &Utf8Path, links: Links) -> Result<File, ReadErrorKind> {
    match open_file(path, links) {
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
            Err(ReadErrorKind::NotAFile(path.to_owned()))
        }
        opened => regular(opened, path),
    }
}

/// Opens the regular file of this name for reading.
pub(super) fn open_regular_in(folder: &Folder, name: &str) -> Result<File, ReadErrorKind> {
    regular(folder.open_file(name), &folder.path().join(name))
}

fn regular(opened: io::Result<File>, path: &Utf8Path) -> Result<File, ReadErrorKind> {
    let unreadable = |error| ReadErrorKind::unreadable(path, error);
    let file = opened.map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_file() {
        Ok(file)
    } else {
        Err(ReadErrorKind::NotAFile(path.to_owned()))
    }
}
