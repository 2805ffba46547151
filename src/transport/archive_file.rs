//! A file that is replaced by one rename.

use std::fs::{self, File};
use std::io::{self, Seek};
use std::os::unix::fs::MetadataExt;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{FlockOperation, flock};

use super::layout::UNFINISHED;
use super::write::{WriteError, unwritable};

/// A file beside its destination, of which there is one for each destination: what an
/// interrupted writer left is written over by the next.
pub(super) struct ArchiveFile {
    destination: Utf8PathBuf,
    beside: Utf8PathBuf,
    pub(super) file: File,
}

impl ArchiveFile {
    /// Waits until nobody else writes to this destination, and starts an empty file.
    pub(super) fn new(destination: &Utf8Path) -> Result<Self, WriteError> {
        let destination = real(destination)?;
        let not_a_file = || WriteError::NotAFile(destination.clone());
        let name = destination.file_name().ok_or_else(not_a_file)?;
        let folder = destination.parent().unwrap_or(Utf8Path::new("."));
        if !folder.as_str().is_empty() {
            fs::create_dir_all(folder).map_err(|error| unwritable(folder, error))?;
        }
        let beside = destination.with_file_name(format!("{UNFINISHED}{name}"));
        let unwritable = |error| unwritable(&destination, error);
        loop {
            let mut options = File::options();
            options.read(true).write(true).create(true).truncate(false);
            let mut file = options.open(&beside).map_err(unwritable)?;
            flock(&file, FlockOperation::LockExclusive)
                .map_err(|error| unwritable(error.into()))?;
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
    pub(super) fn commit(self) -> Result<(), WriteError> {
        let renamed = fs::rename(&self.beside, &self.destination);
        renamed.map_err(|error| unwritable(&self.destination, error))
    }

    /// Removes the file.
    pub(super) fn give_up(self, error: WriteError) -> WriteError {
        let _ = fs::remove_file(&self.beside);
        error
    }
}

/// Where a link leads; nothing but regular files is replaced.
fn real(path: &Utf8Path) -> Result<Utf8PathBuf, WriteError> {
    match path.metadata() {
        Ok(metadata) if !metadata.is_file() => Err(WriteError::NotAFile(path.to_owned())),
        Ok(_) => path
            .canonicalize_utf8()
            .map_err(|error| unwritable(path, error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path.to_owned()),
        Err(error) => Err(unwritable(path, error)),
    }
}
