//! Headers of tar entries of any origin: ustar, GNU and pax.

use std::io;

use tar::Header;

/// Tars consist of blocks of this many bytes.
pub(super) const BLOCK: u64 = 512;
/// The longest path that is read, in bytes.
const MAX_PATH: usize = 4096;

/// The header of an entry, long names and pax records resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TarEntry {
    /// Its path as it is in the tar, which may be absolute or have `..`.
    pub path: String,
    /// Its name.
    pub kind: TarKind,
    /// Permission bits.
    pub mode: u32,
    /// The owner's number.
    pub uid: u64,
    /// The group's number.
    pub gid: u64,
    /// The length of its content in bytes.
    pub size: u64,
    /// Where its content starts, in bytes from the start of the tar.
    pub start: u64,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TarKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink {
        /// The path that it points at.
        target: String,
    },
    /// A hard link to an entry before it.
    HardLink {
        /// The path of that entry.
        target: String,
    },
    /// A device or a pipe, by its type in the header.
    Special(u8),
}

/// Why a tar cannot be read.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum TarError {
    #[error("it is no tar: the header at byte {0} has a wrong checksum")]
    Checksum(u64),
    #[error("it is no whole tar: the header at byte {at} has a `{field}` that makes no sense")]
    Field { at: u64, field: &'static str },
    #[error("it is cut off: the entry at byte {at} should have {size} bytes")]
    Truncated { at: u64, size: u64 },
    #[error("the header at byte {at} has {size} bytes of names, too many")]
    Extension { at: u64, size: u64 },
    #[error("the entry at byte {0} is a sparse file in a form that layers do not have")]
    Sparse(u64),
}

/// Extension headers before an entry: GNU long names and pax records.
#[derive(Default)]
pub(super) struct Extensions {
    path: Option<String>,
    link: Option<String>,
    size: Option<u64>,
}

impl Extensions {
    /// Whether a header extends the next entry's.
    pub(super) fn is_one(header: &Header) -> bool {
        matches!(kind(header), b'L' | b'K' | b'x' | b'g')
    }

    /// Adds the content of an extension header, which stands at byte `at`.
    pub(super) fn extend(&mut self, header: &Header, content: &[u8], at: u64) -> io::Result<()> {
        match kind(header) {
            b'L' => self.path = Some(lossy(trim_nul(content))),
            b'K' => self.link = Some(lossy(trim_nul(content))),
            b'x' => match self.pax(content) {
                Some(false) => {}
                Some(true) => return Err(invalid(TarError::Sparse(at))),
                None => return Err(nonsense(at, "pax record")),
            },
            // Defaults for all entries, of which none changes what is here.
            _ => {}
        }
        Ok(())
    }

    /// Adds the records `LENGTH KEY=VALUE\n` of a pax header. Gives whether they describe
    /// a sparse file; `None` if one is malformed.
    ///
    /// `tar::PaxExtensions` ends a record at the first line feed, which values of
    /// `SCHILY.xattr.*` may hold.
    fn pax(&mut self, mut records: &[u8]) -> Option<bool> {
        let mut sparse = false;
        while !records.is_empty() {
            let space = records.iter().position(|&byte| byte == b' ')?;
            let length: usize = std::str::from_utf8(&records[..space]).ok()?.parse().ok()?;
            let record = records.get(space + 1..length)?.strip_suffix(b"\n")?;
            records = &records[length..];
            let equals = record.iter().position(|&byte| byte == b'=')?;
            let (key, value) = (&record[..equals], &record[equals + 1..]);
            match key {
                b"path" => self.path = Some(lossy(value)),
                b"linkpath" => self.link = Some(lossy(value)),
                b"size" => self.size = Some(std::str::from_utf8(value).ok()?.parse().ok()?),
                _ => sparse |= key.starts_with(b"GNU.sparse."),
            }
        }
        Some(sparse)
    }
}

impl TarEntry {
    /// The entry whose header stands at byte `at` and whose content starts at `start`.
    pub(super) fn new(
        header: &Header,
        extensions: Extensions,
        at: u64,
        start: u64,
    ) -> io::Result<Self> {
        let path = match extensions.path {
            Some(path) => path,
            None => lossy(&header.path_bytes()),
        };
        let link = match extensions.link {
            Some(link) => link,
            None => lossy(&header.link_name_bytes().unwrap_or_default()),
        };
        if path.len() > MAX_PATH || link.len() > MAX_PATH {
            let size = path.len().max(link.len()) as u64;
            return Err(invalid(TarError::Extension { at, size }));
        }
        let kind = match kind(header) {
            // Before POSIX, a folder was a file whose name ends with a slash.
            0 | b'0' if path.ends_with('/') => TarKind::Directory,
            0 | b'0' | b'7' => TarKind::File,
            b'1' => TarKind::HardLink { target: link },
            b'2' => TarKind::Symlink { target: link },
            b'5' => TarKind::Directory,
            b'S' => return Err(invalid(TarError::Sparse(at))),
            other => TarKind::Special(other),
        };
        // A link may claim the size of what it points at, and has no content.
        let has_content = match kind {
            TarKind::File => true,
            TarKind::Special(kind) => !(b'3'..=b'6').contains(&kind),
            TarKind::Directory | TarKind::Symlink { .. } | TarKind::HardLink { .. } => false,
        };
        let size = match extensions.size {
            _ if !has_content => 0,
            Some(size) => size,
            None => claimed_size(header, at)?,
        };
        let end = size
            .checked_add(start)
            .and_then(|end| end.checked_add(BLOCK));
        if end.is_none_or(|end| i64::try_from(end).is_err()) {
            return Err(nonsense(at, "size"));
        }
        Ok(Self {
            path,
            kind,
            mode: header.mode().map_err(|_| nonsense(at, "mode"))? & 0o7777,
            uid: header.uid().map_err(|_| nonsense(at, "uid"))?,
            gid: header.gid().map_err(|_| nonsense(at, "gid"))?,
            size,
            start,
        })
    }
}

/// The size in the header that stands at byte `at`.
pub(super) fn claimed_size(header: &Header, at: u64) -> io::Result<u64> {
    header.entry_size().map_err(|_| nonsense(at, "size"))
}

fn kind(header: &Header) -> u8 {
    header.as_bytes()[156]
}

fn nonsense(at: u64, field: &'static str) -> io::Error {
    invalid(TarError::Field { at, field })
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn trim_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|&byte| byte == 0);
    &bytes[..end.unwrap_or(bytes.len())]
}

pub(super) fn invalid(error: TarError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
