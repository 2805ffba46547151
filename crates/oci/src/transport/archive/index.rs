//! The files of an archive by name, so that they can be read in any order.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::sync::Arc;

use camino::Utf8Path;

use crate::cancellation::Cancellation;
use crate::image::Content;
use crate::tar::{TarKind, TarReader};
use crate::transport::blob::FilePart;
use crate::transport::error::ReadErrorKind;

/// The most files that an archive may have.
const MAX_FILES: usize = 1 << 16;
/// The most bytes that all names of an archive may have together.
const MAX_NAMES: usize = 8 << 20;
/// The most links that may follow each other.
const MAX_LINKS: usize = 16;

/// The files of an archive, by their paths.
#[derive(Debug)]
pub(in crate::transport) struct ArchiveIndex {
    file: Arc<File>,
    files: BTreeMap<String, Node>,
}

#[derive(Debug)]
enum Node {
    File {
        start: u64,
        size: u64,
    },
    /// To a path from the top of the archive.
    Link(String),
    /// To a path that is out of the archive.
    LinkOutside,
    /// Two entries have the path.
    Twice,
}

impl ArchiveIndex {
    /// Reads all headers of a tar.
    pub(in crate::transport) fn new(
        file: File,
        path: &Utf8Path,
        cancellation: &Cancellation,
    ) -> Result<Self, ReadErrorKind> {
        let file = Arc::new(file);
        let mut files = BTreeMap::new();
        let mut names = 0;
        // Headers are read in small pieces, and the content between is passed over.
        let mut tar = TarReader::seeking(BufReader::with_capacity(4096, &*file));
        let broken = |source| ReadErrorKind::Tar {
            path: path.to_owned(),
            source,
        };
        while let Some(entry) = tar.next_entry().map_err(broken)? {
            // There may be folders without end.
            cancellation.check()?;
            let Some(name) = normalize("", &entry.path) else {
                continue;
            };
            let node = match entry.kind {
                TarKind::File => Node::File {
                    start: entry.start,
                    size: entry.size,
                },
                TarKind::Symlink { target } => {
                    // From the top of some machine, not of the archive.
                    let absolute = target.starts_with('/');
                    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
                    let target = normalize(folder, &target).filter(|_| !absolute);
                    target.map_or(Node::LinkOutside, Node::Link)
                }
                TarKind::HardLink { target } => {
                    normalize("", &target).map_or(Node::LinkOutside, Node::Link)
                }
                TarKind::Directory | TarKind::Special(_) => continue,
            };
            names += name.len();
            if let Node::Link(target) = &node {
                names += target.len();
            }
            if files.len() >= MAX_FILES || names > MAX_NAMES {
                return Err(ReadErrorKind::TooManyFiles(path.to_owned()));
            }
            files
                .entry(name)
                .and_modify(|node| *node = Node::Twice)
                .or_insert(node);
        }
        Ok(Self { file, files })
    }

    /// The names of all files and links.
    pub(in crate::transport) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Where a file's content starts and its size, links followed.
    pub(in crate::transport) fn find(&self, name: &str) -> Result<(u64, u64), ReadErrorKind> {
        let missing = || ReadErrorKind::NotInArchive(name.escape_debug().to_string());
        let mut at = normalize("", name).ok_or_else(missing)?;
        for _ in 0..MAX_LINKS {
            match self.files.get(&at).ok_or_else(missing)? {
                Node::File { start, size } => return Ok((*start, *size)),
                Node::Link(target) => at.clone_from(target),
                Node::LinkOutside => break,
                Node::Twice => {
                    return Err(ReadErrorKind::TwiceInArchive(at.escape_debug().to_string()));
                }
            }
        }
        Err(ReadErrorKind::BadLink(name.escape_debug().to_string()))
    }

    /// A file as a part of the archive.
    pub(in crate::transport) fn part(&self, (start, size): (u64, u64)) -> (Content, u64) {
        let file = Arc::clone(&self.file);
        (Content::Part { file, start, size }, size)
    }

    /// The content of a file.
    pub(in crate::transport) fn open(
        &self,
        name: &str,
    ) -> Result<impl Read + Send + use<>, ReadErrorKind> {
        let (start, size) = self.find(name)?;
        Ok(FilePart::new(&self.file, start, size))
    }
}

/// A path from the top of the archive, without `.` and `..`; nothing if it leads out.
fn normalize(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
