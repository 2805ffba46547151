//! Temporary files and folders of the cache. Each is locked while the process that made it
//! lives, so that the next process can tell what a dead one has left, and removes it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};

use camino::Utf8Path;
use tempfile::{NamedTempFile, TempDir};

/// A new folder that is removed when this is dropped.
pub(crate) struct TemporaryFolder {
    folder: TempDir,
    /// Keeps others from removing it.
    _lock: File,
}

impl TemporaryFolder {
    /// The path of the folder.
    pub(crate) fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.folder.path()).expect("the folder that it is in is UTF-8")
    }
}

/// Makes a folder whose name starts with this prefix, and removes those that dead processes
/// have left.
///
/// # Errors
/// It cannot be made.
pub(crate) fn folder_in(parent: &Utf8Path, prefix: &str) -> io::Result<TemporaryFolder> {
    remove_abandoned(parent, prefix);
    loop {
        let folder = tempfile::Builder::new().prefix(prefix).tempdir_in(parent)?;
        // Another process may have removed it before it was locked.
        if let Ok(lock) = File::open(folder.path())
            && is_ours(&lock, folder.path())
        {
            return Ok(TemporaryFolder {
                folder,
                _lock: lock,
            });
        }
    }
}

/// Makes a file whose name starts with this prefix, and removes those that dead processes
/// have left. It is removed when it is dropped.
///
/// # Errors
/// It cannot be made.
pub(crate) fn file_in(parent: &Utf8Path, prefix: &str) -> io::Result<NamedTempFile> {
    remove_abandoned(parent, prefix);
    loop {
        let file = tempfile::Builder::new()
            .prefix(prefix)
            .tempfile_in(parent)?;
        if is_ours(file.as_file(), file.path()) {
            return Ok(file);
        }
    }
}

/// Locks a new file or folder; gives whether it is still there.
fn is_ours(file: &File, path: &std::path::Path) -> bool {
    // A file system without locks: nobody else can take it for abandoned.
    let locked = !matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock));
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let held = file.metadata().map(identity);
    let present = path.symlink_metadata().map(identity);
    locked && matches!((held, present), (Ok(held), Ok(present)) if held == present)
}

/// Removes the files and folders with this prefix that nobody has locked. Failures are
/// ignored: the next process tries again.
pub(crate) fn remove_abandoned(parent: &Utf8Path, prefix: &str) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        if !entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(prefix.as_bytes())
        {
            continue;
        }
        let path = entry.path();
        // Without following a symlink, or waiting for who writes to a pipe.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        let flags = i32::try_from(flags.bits()).unwrap_or_default();
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(flags)
            .open(&path);
        let Ok(opened) = opened else { continue };
        if opened.try_lock().is_err() {
            continue;
        }
        let _ = if opened.metadata().is_ok_and(|metadata| metadata.is_dir()) {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dead_processes_left_is_removed_and_what_is_in_use_stays() {
        let scratch = tempfile::tempdir().unwrap();
        let parent = Utf8Path::from_path(scratch.path()).unwrap();
        fs::write(parent.join(".new-dead"), "").unwrap();
        fs::create_dir_all(parent.join(".new-dead-folder/inner")).unwrap();
        fs::write(parent.join("other"), "").unwrap();
        let folder = folder_in(parent, ".new-").unwrap();
        let file = file_in(parent, ".new-").unwrap();
        remove_abandoned(parent, ".new-");
        assert!(folder.path().is_dir() && file.path().is_file());
        let names = || fs::read_dir(parent).unwrap().count();
        assert_eq!(names(), 3);
        drop((folder, file));
        assert_eq!(names(), 1);
    }
}
