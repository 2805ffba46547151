//! Entries to be written: directories, files and symbolic links with their paths.

use std::fs::File;
use std::sync::Arc;

use camino::Utf8PathBuf;

use crate::folder::Links;

/// The largest path that a ustar header takes without its prefix field.
const NAME_BYTES: usize = 100;
/// The largest prefix of a path in a ustar header.
const PREFIX_BYTES: usize = 155;

/// A directory, file or symbolic link at a path of the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    path: String,
    kind: EntryKind,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A directory.
    Directory {
        /// Permission bits, such as `0o755`.
        mode: u32,
    },
    /// A regular file.
    File {
        /// Permission bits, such as `0o644`.
        mode: u32,
        /// Length in bytes.
        size: u64,
        /// Where its content comes from.
        content: FileContent,
    },
    /// A symbolic link.
    Symlink {
        /// The path that it points at, absolute or relative.
        target: String,
    },
}

/// Where the content of a file comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileContent {
    /// Memory.
    Memory(Vec<u8>),
    /// A file on this machine, which is opened when it is read.
    Disk {
        /// Its path.
        path: Utf8PathBuf,
        /// Whether symlinks in its path are followed.
        links: Links,
    },
    /// A file that is open: what else comes to its path is not read.
    Open(OpenFile),
}

/// A file that is open; equal to its clones alone.
#[derive(Clone, Debug)]
pub struct OpenFile(Arc<File>);

impl From<File> for OpenFile {
    fn from(file: File) -> Self {
        Self(Arc::new(file))
    }
}

impl OpenFile {
    pub(super) fn file(&self) -> &File {
        &self.0
    }
}

impl PartialEq for OpenFile {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for OpenFile {}

/// A path that cannot stand in a layer.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum MalformedPath {
    #[error("`{0}` cannot be a path in an image; give an absolute path without `.` and `..`")]
    NotNormal(String),
    #[error(
        "`{0}` is too long for a path in an image; the name of a file may have 100 bytes, that of a folder 99, and all that is before it 155"
    )]
    TooLong(String),
    #[error("the link at `{path}` points at `{target}`, which is longer than 100 bytes")]
    TargetTooLong { path: String, target: String },
}

impl Entry {
    /// An entry at an absolute path of the image.
    ///
    /// # Errors
    /// The path is not normalized, or too long for a ustar header.
    pub fn new(path: &str, kind: EntryKind) -> Result<Self, MalformedPath> {
        let relative = path.strip_prefix('/').unwrap_or(path);
        let normal = |part: &str| {
            !part.is_empty() && part != "." && part != ".." && !part.contains(char::is_control)
        };
        if !relative.split('/').all(normal) {
            return Err(MalformedPath::NotNormal(path.to_owned()));
        }
        let entry = Self {
            path: relative.to_owned(),
            kind,
        };
        // The folders above it become entries, too.
        let fits = |path: &str| split_for_ustar(path).is_some();
        let folders_fit = entry.ancestors().all(|above| fits(&format!("{above}/")));
        if !(folders_fit && fits(&entry.path_in_tar())) {
            return Err(MalformedPath::TooLong(path.to_owned()));
        }
        if let EntryKind::Symlink { target } = &entry.kind
            && target.len() > NAME_BYTES
        {
            return Err(MalformedPath::TargetTooLong {
                path: path.to_owned(),
                target: target.clone(),
            });
        }
        Ok(entry)
    }

    /// The path, relative to the image's root.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What the entry is.
    #[must_use]
    pub fn kind(&self) -> &EntryKind {
        &self.kind
    }

    /// The path as a tar has it: that of a directory ends in a slash.
    #[must_use]
    pub fn path_in_tar(&self) -> String {
        match self.kind {
            EntryKind::Directory { .. } => format!("{}/", self.path),
            _ => self.path.clone(),
        }
    }

    /// The paths of the directories above this entry, from the root down.
    pub(crate) fn ancestors(&self) -> impl Iterator<Item = &str> {
        self.path
            .match_indices('/')
            .map(|(slash, _)| &self.path[..slash])
    }
}

/// The prefix and the name of a path in a ustar header (POSIX.1-1988 `ustar`),
/// or nothing if it does not fit.
pub(crate) fn split_for_ustar(path: &str) -> Option<(&str, &str)> {
    if path.len() <= NAME_BYTES {
        return Some(("", path));
    }
    let fits = |(slash, _): &(usize, &str)| {
        *slash <= PREFIX_BYTES && path.len() - slash - 1 <= NAME_BYTES && slash + 1 < path.len()
    };
    let (slash, _) = path.match_indices('/').find(fits)?;
    Some((&path[..slash], &path[slash + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> Result<Entry, MalformedPath> {
        let kind = EntryKind::File {
            mode: 0o644,
            size: 0,
            content: FileContent::Memory(Vec::new()),
        };
        Entry::new(path, kind)
    }

    #[test]
    fn paths_that_could_leave_the_image_are_refused() {
        for path in ["", "/", "../etc/passwd", "/a/../b", "a//b", "./a", "a/\n"] {
            assert_eq!(file(path), Err(MalformedPath::NotNormal(path.to_owned())));
        }
    }

    #[test]
    fn a_leading_slash_makes_no_difference() {
        assert_eq!(file("/usr/bin/x"), file("usr/bin/x"));
    }

    #[test]
    fn a_long_path_is_split_at_a_slash_and_a_longer_one_refused() {
        let folder = "d".repeat(90);
        let path = format!("{folder}/{}", "f".repeat(99));
        assert_eq!(split_for_ustar(&path), Some((folder.as_str(), &path[91..])));
        let path = format!("/{}", "f".repeat(101));
        assert_eq!(file(&path), Err(MalformedPath::TooLong(path.clone())));
    }

    #[test]
    fn a_path_below_a_folder_that_fits_no_header_is_refused() {
        let below = |length| format!("/{}/file", "d".repeat(length));
        assert!(file(&below(99)).is_ok());
        let path = below(100);
        assert_eq!(file(&path), Err(MalformedPath::TooLong(path.clone())));
    }
}
