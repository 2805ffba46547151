//! Replaces a file by one rename.

use std::fs::{self, File};
use std::io::{self, Seek};
use std::os::unix::fs::MetadataExt;

use camino::{Utf8Path, Utf8PathBuf};

use crate::transport::error::WriteError;
use crate::transport::layout::UNFINISHED_PREFIX;

/// A file beside its destination that takes its place when it is complete. There is one for
/// each destination, so the next writer overwrites what an interrupted one left.
pub(in crate::transport) struct ReplacedFile {
    destination: Utf8PathBuf,
    beside: Utf8PathBuf,
    pub(in crate::transport) file: File,
}

impl ReplacedFile {
    /// Waits until nobody else writes to this destination, and starts an empty file.
    pub(in crate::transport) fn new(destination: &Utf8Path) -> Result<Self, WriteError> {
        let destination = resolve_links(destination)?;
        let not_a_file = || WriteError::NotAFile(destination.clone());
        let name = destination.file_name().ok_or_else(not_a_file)?;
        let folder = destination.parent().unwrap_or(Utf8Path::new("."));
        if !folder.as_str().is_empty() {
            fs::create_dir_all(folder).map_err(|error| WriteError::unwritable(folder, error))?;
        }
        let beside = destination.with_file_name(format!("{UNFINISHED_PREFIX}{name}"));
        let unwritable = |error| WriteError::unwritable(&destination, error);
        loop {
            let mut options = File::options();
            options.read(true).write(true).create(true).truncate(false);
            let mut file = options.open(&beside).map_err(unwritable)?;
            file.lock().map_err(unwritable)?;
            // The one before may have renamed it meanwhile.
            let held = file.metadata().map_err(unwritable)?;
            let present = beside.symlink_metadata();
            let same =
                |present: &fs::Metadata| (present.dev(), present.ino()) == (held.dev(), held.ino());
            if present.is_ok_and(|present| same(&present)) {
                file.set_len(0).map_err(unwritable)?;
                file.rewind().map_err(unwritable)?;
                return Ok(Self {
                    destination,
                    beside,
                    file,
                });
            }
        }
    }

    /// Puts the file in its place.
    pub(in crate::transport) fn commit(self) -> Result<(), WriteError> {
        let renamed = fs::rename(&self.beside, &self.destination);
        renamed.map_err(|error| WriteError::unwritable(&self.destination, error))
    }

    /// Removes the file and passes the error on.
    pub(in crate::transport) fn discard(self, error: WriteError) -> WriteError {
        let _ = fs::remove_file(&self.beside);
        error
    }
}

/// The path with links resolved; refuses all but regular files.
fn resolve_links(path: &Utf8Path) -> Result<Utf8PathBuf, WriteError> {
    match path.metadata() {
        Ok(metadata) if !metadata.is_file() => Err(WriteError::NotAFile(path.to_owned())),
        Ok(_) => path
            .canonicalize_utf8()
            .map_err(|error| WriteError::unwritable(path, error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path.to_owned()),
        Err(error) => Err(WriteError::unwritable(path, error)),
    }
}
