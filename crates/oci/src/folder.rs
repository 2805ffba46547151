//! Folders that are open, and files in them by name: whatever their paths lead to meanwhile,
//! what is read and written is in the folder that was opened.

use std::fs::File;
use std::io;
use std::sync::Arc;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags};
use rustix::io::Errno;

/// Whether symlinks in paths are followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Links {
    /// They are followed.
    #[default]
    Follow,
    /// A symlink anywhere in a path is an error.
    Refuse,
}

/// A symlink where none may be.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is a symlink, which is not followed here")]
pub struct RefusedLink(pub Utf8PathBuf);

impl RefusedLink {
    /// Whether this is the error of opening something by way of a symlink.
    #[must_use]
    pub fn is_cause_of(error: &io::Error) -> bool {
        matches!(error.get_ref(), Some(inner) if inner.is::<Self>())
    }
}

/// An open folder. Clones share the open file.
#[derive(Clone, Debug)]
pub struct Folder {
    file: Arc<File>,
    path: Utf8PathBuf,
    links: Links,
}

/// Permissions of new folders and files, before the umask.
const FOLDER_MODE: Mode = Mode::from_raw_mode(0o777);
const FILE_MODE: Mode = Mode::from_raw_mode(0o666);
/// Opens a folder so that its entries can be read.
const READ: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY);
/// Opens a folder so that what is in it can be opened.
#[cfg(target_os = "linux")]
const PASS: OFlags = OFlags::PATH.union(OFlags::DIRECTORY);
#[cfg(not(target_os = "linux"))]
const PASS: OFlags = READ;

/// Opens the file at this path for reading. It may be a pipe or a device: opening waits for
/// nobody.
///
/// # Errors
/// It is not there or cannot be read, or [`RefusedLink`] is within the error.
pub fn open_file(path: &Utf8Path, links: Links) -> io::Result<File> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::IsADirectory.into());
    };
    Folder::open_to_pass(folder, links)?.open_file(name)
}

impl Folder {
    /// Opens a folder.
    ///
    /// # Errors
    /// It is not there, is no folder or cannot be read, or [`RefusedLink`] is within the error.
    pub fn open(path: &Utf8Path, links: Links) -> io::Result<Self> {
        match links {
            Links::Follow => Self::follow(path, READ),
            Links::Refuse => Self::walk(path, READ, Self::enter),
        }
    }

    /// Opens a folder to open what is in it by name; its entries cannot be listed.
    ///
    /// # Errors
    /// It is not there, is no folder or may not be entered, or [`RefusedLink`] is within the
    /// error.
    pub fn open_to_pass(path: &Utf8Path, links: Links) -> io::Result<Self> {
        match links {
            Links::Follow => Self::follow(path, PASS),
            Links::Refuse => Self::walk(path, PASS, Self::enter),
        }
    }

    /// Opens a folder, which is made if it is missing, with all above it.
    ///
    /// # Errors
    /// Those of [`Self::open`], or it cannot be made.
    pub fn create(path: &Utf8Path, links: Links) -> io::Result<Self> {
        match links {
            Links::Follow => {
                std::fs::create_dir_all(path)?;
                Self::follow(path, READ)
            }
            Links::Refuse => Self::walk(path, READ, Self::make_and_enter),
        }
    }

    /// The path that it was opened by.
    #[must_use]
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// The folder as a file that can be locked.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Opens the folder at this relative path.
    ///
    /// # Errors
    /// Those of [`Self::open`].
    pub fn folder(&self, path: &str) -> io::Result<Self> {
        let mut names = path.split('/').peekable();
        let mut folder = self.clone();
        while let Some(name) = names.next() {
            let flags = if names.peek().is_some() { PASS } else { READ };
            folder = folder.enter(name, flags)?;
        }
        Ok(folder)
    }

    /// Opens the folder at this relative path, which is made if it is missing.
    ///
    /// # Errors
    /// Those of [`Self::create`].
    pub fn create_folder(&self, path: &str) -> io::Result<Self> {
        let mut names = path.split('/').peekable();
        let mut folder = self.clone();
        while let Some(name) = names.next() {
            let flags = if names.peek().is_some() { PASS } else { READ };
            folder = folder.make_and_enter(name, flags)?;
        }
        Ok(folder)
    }

    /// Opens a file for reading. It may be a pipe or a device: opening waits for nobody.
    ///
    /// # Errors
    /// It is not there or cannot be read, or [`RefusedLink`] is within the error.
    pub fn open_file(&self, name: &str) -> io::Result<File> {
        self.open_at(name, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY)
    }

    /// Opens a file for locking, which is made if it is missing. Never follows a symlink.
    ///
    /// # Errors
    /// It cannot be made or opened, or [`RefusedLink`] is within the error.
    pub fn open_lock_file(&self, name: &str) -> io::Result<File> {
        let folder = Self {
            links: Links::Refuse,
            ..self.clone()
        };
        folder.open_at(
            name,
            OFlags::RDONLY | OFlags::CREATE | OFlags::NONBLOCK | OFlags::NOCTTY,
        )
    }

    /// Whether what has this name is a regular file, and no symlink.
    ///
    /// # Errors
    /// It is not there, or cannot be looked at.
    pub fn is_regular(&self, name: &str) -> io::Result<bool> {
        Ok(self.kind(name)? == FileType::RegularFile)
    }

    /// The names of all that is in it, in no order; those that are not UTF-8 with U+FFFD.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::read_from(&self.file)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name != "." && name != ".." {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Removes a file or a symlink.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.file, name, AtFlags::empty())?)
    }

    /// Makes a file for reading and writing.
    ///
    /// # Errors
    /// There is something of this name, or it cannot be made.
    pub fn create_file(&self, name: &str) -> io::Result<File> {
        self.open_at(name, OFlags::RDWR | OFlags::CREATE | OFlags::EXCL)
    }

    /// Gives a file this name in this or another folder, in place of what has it.
    ///
    /// # Errors
    /// It cannot be renamed.
    pub fn rename(&self, name: &str, folder: &Self, new_name: &str) -> io::Result<()> {
        let (from, to) = (&self.file, &folder.file);
        Ok(rustix::fs::renameat(from, name, to, new_name)?)
    }

    fn follow(path: &Utf8Path, flags: OFlags) -> io::Result<Self> {
        let path = match path.as_str() {
            "" => Utf8Path::new("."),
            _ => path,
        };
        let opened =
            rustix::fs::openat(CWD, path.as_str(), flags | OFlags::CLOEXEC, Mode::empty())?;
        Ok(Self {
            file: Arc::new(opened.into()),
            path: path.to_owned(),
            links: Links::Follow,
        })
    }

    /// Opens each part of a path in the one before, and the last with these flags.
    fn walk(
        path: &Utf8Path,
        last: OFlags,
        next: fn(&Self, &str, OFlags) -> io::Result<Self>,
    ) -> io::Result<Self> {
        let start = if path.is_absolute() { "/" } else { "." };
        let names: Vec<&str> = path
            .components()
            .filter_map(|part| match part {
                Utf8Component::Normal(_) | Utf8Component::ParentDir => Some(part.as_str()),
                _ => None,
            })
            .collect();
        let flags = if names.is_empty() { last } else { PASS };
        let mut folder = Self {
            file: Arc::new(
                rustix::fs::openat(CWD, start, flags | OFlags::CLOEXEC, Mode::empty())?.into(),
            ),
            path: start.into(),
            links: Links::Refuse,
        };
        for (number, name) in names.iter().enumerate() {
            let flags = if number + 1 < names.len() { PASS } else { last };
            folder = next(&folder, name, flags)?;
        }
        Ok(folder)
    }

    fn enter(&self, name: &str, flags: OFlags) -> io::Result<Self> {
        Ok(Self {
            file: Arc::new(self.open_at(name, flags)?),
            path: self.path.join(name),
            links: self.links,
        })
    }

    fn make_and_enter(&self, name: &str, flags: OFlags) -> io::Result<Self> {
        match self.enter(name, flags) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                match rustix::fs::mkdirat(&self.file, name, FOLDER_MODE) {
                    // Somebody may have made it meanwhile.
                    Ok(()) | Err(Errno::EXIST) => self.enter(name, flags),
                    Err(error) => Err(error.into()),
                }
            }
            entered => entered,
        }
    }

    fn open_at(&self, name: &str, flags: OFlags) -> io::Result<File> {
        let flags = flags | OFlags::CLOEXEC;
        let flags = match self.links {
            Links::Follow => flags,
            Links::Refuse => flags | OFlags::NOFOLLOW,
        };
        match rustix::fs::openat(&self.file, name, flags, FILE_MODE) {
            Ok(opened) => Ok(opened.into()),
            Err(_)
                if self.links == Links::Refuse
                    && self.kind(name).is_ok_and(|kind| kind == FileType::Symlink) =>
            {
                Err(io::Error::other(RefusedLink(self.path.join(name))))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn kind(&self, name: &str) -> io::Result<FileType> {
        let stat = rustix::fs::statat(&self.file, name, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(FileType::from_raw_mode(stat.st_mode))
    }
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;
