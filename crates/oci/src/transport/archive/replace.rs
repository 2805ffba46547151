//! Replaces a file by one rename.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;

use camino::{Utf8Path, Utf8PathBuf};

use crate::folder::{Folder, Links, RefusedLink};
use crate::transport::error::WriteError;
use crate::transport::host::Host;
use crate::transport::layout::UNFINISHED_PREFIX;
use crate::unfinished_file::{UnfinishedFile, is_unfinished};

/// A file that takes the place of its destination when it is complete.
///
/// It is beside its destination and has a random name, so that nobody can have made a file or
/// a symlink in its place. A lock file, which is empty and never written to, lets the writers
/// of a destination wait for each other; who has the lock removes what others have left.
pub(in crate::transport) struct ReplacedFile {
    unfinished: UnfinishedFile,
    lock: LockFile,
    destination: Utf8PathBuf,
    name: String,
}

impl ReplacedFile {
    /// Waits until nobody else writes to this destination, and starts an empty file.
    pub(in crate::transport) fn new(
        destination: &Utf8Path,
        host: &Host,
    ) -> Result<Self, WriteError> {
        let destination = resolve_links(destination, host.links)?;
        let not_a_file = || WriteError::NotAFile(destination.clone());
        let name = destination.file_name().ok_or_else(not_a_file)?.to_owned();
        let parent = destination.parent().unwrap_or(Utf8Path::new("."));
        let unwritable = |error| WriteError::unwritable(&destination, error);
        let folder = Folder::create(parent, host.links)
            .map_err(|error| WriteError::unwritable(parent, error))?;
        if folder.is_regular(&name).is_ok_and(|regular| !regular) {
            return Err(not_a_file());
        }
        let lock = LockFile::acquire(&folder, &name, &destination, host).map_err(unwritable)?;
        let prefix = format!("{UNFINISHED_PREFIX}{name}.");
        for left in folder.names().map_err(unwritable)? {
            if is_unfinished(&left, &prefix, UNFINISHED_SUFFIX) {
                // It is in nobody's way, so that a failure does not matter.
                let _ = folder.remove(&left);
            }
        }
        let unfinished = UnfinishedFile::new(&folder, &prefix, UNFINISHED_SUFFIX);
        let unfinished = unfinished.map_err(unwritable)?;
        Ok(Self {
            unfinished,
            lock,
            destination,
            name,
        })
    }

    /// The file, for reading and writing.
    pub(in crate::transport) fn file(&mut self) -> &mut File {
        &mut self.unfinished.file
    }

    /// Puts the file in its place; where another is there, once it is on the disk: after a power
    /// cut there is the old one or the new one.
    pub(in crate::transport) fn commit(self) -> Result<(), WriteError> {
        let Self {
            unfinished,
            lock,
            destination,
            name,
        } = self;
        let rename = || {
            if lock.folder.is_regular(&name).is_ok() {
                unfinished.file.sync_all()?;
            }
            unfinished.rename(&lock.folder, &name)
        };
        rename().map_err(|error| WriteError::unwritable(destination, error))
    }
}

/// What the names of unfinished archives end with.
const UNFINISHED_SUFFIX: &str = ".new";

/// The lock of an archive, held until it is dropped, and removed then.
struct LockFile {
    folder: Folder,
    name: String,
    /// Keeps the lock.
    _file: File,
}

impl LockFile {
    /// Waits for the lock of the archive of this name.
    fn acquire(
        folder: &Folder,
        archive: &str,
        destination: &Utf8Path,
        host: &Host,
    ) -> io::Result<Self> {
        let name = format!("{UNFINISHED_PREFIX}{archive}.lock");
        loop {
            host.cancellation.check()?;
            let file = match folder.open_lock_file(&name) {
                Err(error) if RefusedLink::is_cause_of(&error) => {
                    folder.remove(&name)?;
                    continue;
                }
                file => file?,
            };
            host.lock(&file, destination)?;
            // The one before may have removed it meanwhile, and another made a new one.
            if is_same(&file, folder.open_file(&name))? {
                return Ok(Self {
                    folder: folder.clone(),
                    name,
                    _file: file,
                });
            }
        }
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        let _ = self.folder.remove(&self.name);
    }
}

/// Whether a file that can be opened is the one that is held.
fn is_same(held: &File, present: io::Result<File>) -> io::Result<bool> {
    let Ok(present) = present else {
        return Ok(false);
    };
    let (held, present) = (held.metadata()?, present.metadata()?);
    Ok((held.dev(), held.ino()) == (present.dev(), present.ino()))
}

/// The path of an archive, with links resolved where they are followed; refuses all but
/// regular files then.
fn resolve_links(path: &Utf8Path, links: Links) -> Result<Utf8PathBuf, WriteError> {
    if links == Links::Refuse {
        return Ok(path.to_owned());
    }
    match path.metadata() {
        Ok(metadata) if !metadata.is_file() => Err(WriteError::NotAFile(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path.to_owned()),
        found => found
            .and_then(|_| path.canonicalize_utf8())
            .map_err(|error| WriteError::unwritable(path, error)),
    }
}
