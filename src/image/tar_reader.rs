//! Reading tars of any origin in bounded memory: ustar, GNU and pax, entry by entry.
//!
//! The `tar` crate reads the fields of a header; walking is done here, because
//! a long name may claim any size and a file may be larger than memory.

use std::io::{self, Read, Seek, SeekFrom};

use tar::Header;

/// Tars consist of blocks of this many bytes.
const BLOCK: u64 = 512;
/// The most that a pax header or a long name may have, in bytes.
const MAX_EXTENSION: u64 = 1 << 20;
/// Longer paths are not taken, in bytes.
const MAX_PATH: usize = 4096;

/// Walks through the entries of a tar.
#[derive(Debug)]
pub struct TarReader<R> {
    reader: R,
    skip: fn(&mut R, u64) -> io::Result<()>,
    /// Whether what follows the end is read too, so that a digest over all is checked.
    drain: bool,
    /// Where the reader stands.
    position: u64,
    /// What of the present entry's content was not read.
    left: u64,
    /// What of it pads it to whole blocks.
    padding: u64,
    ended: bool,
}

/// The header of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TarEntry {
    /// Its path as it stands there, which may be absolute or hold `..`.
    pub path: String,
    /// What it is.
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
    /// A folder.
    Directory,
    /// A symbolic link.
    Symlink {
        /// What it points at.
        target: String,
    },
    /// Another name of an entry before it.
    HardLink {
        /// The path of that entry.
        target: String,
    },
    /// A device or a pipe, by its type in the header.
    Special(u8),
}

/// Bytes that are no tar that can be read.
#[derive(Debug, thiserror::Error)]
pub enum TarError {
    /// The checksum of a header is wrong.
    #[error("it is no tar: the header at byte {0} has a wrong checksum")]
    Checksum(u64),
    /// A field of a header makes no sense.
    #[error("it is no whole tar: the header at byte {at} has a `{field}` that makes no sense")]
    Field {
        /// Where the header is.
        at: u64,
        /// The field.
        field: &'static str,
    },
    /// The tar ends in the middle of an entry.
    #[error("it is cut off: the entry at byte {at} should have {size} bytes")]
    Truncated {
        /// Where the entry's header is.
        at: u64,
        /// The size that it claims.
        size: u64,
    },
    /// A name or a pax header is too large.
    #[error("the header at byte {at} has {size} bytes of names, too many")]
    Extension {
        /// Where the header is.
        at: u64,
        /// The size that it claims.
        size: u64,
    },
    /// GNU tar's own form of files with holes.
    #[error("the entry at byte {0} is a sparse file in a form that layers do not have")]
    Sparse(u64),
}

/// What the headers before an entry say about it.
#[derive(Default)]
struct Extensions {
    path: Option<String>,
    link: Option<String>,
    size: Option<u64>,
}

impl<R: Read> TarReader<R> {
    /// Walks a stream; what nobody reads is read and thrown away, to its very end.
    pub fn streaming(reader: R) -> Self {
        let skip = |reader: &mut R, count| {
            if io::copy(&mut reader.take(count), &mut io::sink())? == count {
                Ok(())
            } else {
                Err(io::ErrorKind::UnexpectedEof.into())
            }
        };
        Self::new(reader, skip, true)
    }

    fn new(reader: R, skip: fn(&mut R, u64) -> io::Result<()>, drain: bool) -> Self {
        Self {
            reader,
            skip,
            drain,
            position: 0,
            left: 0,
            padding: 0,
            ended: false,
        }
    }

    /// The next entry, or nothing at the end.
    ///
    /// # Errors
    /// Those of the reader, and [`TarError`] within them.
    pub fn next_entry(&mut self) -> io::Result<Option<TarEntry>> {
        let mut extensions = Extensions::default();
        loop {
            let rest = self.left + self.padding;
            if rest > 0 {
                let at = self.position;
                (self.skip)(&mut self.reader, rest).map_err(|error| cut(error, at, rest))?;
                self.position += rest;
                (self.left, self.padding) = (0, 0);
            }
            let at = self.position;
            let Some(header) = self.header()? else {
                return Ok(None);
            };
            let nonsense = |field| invalid(TarError::Field { at, field });
            let size = header.entry_size().map_err(|_| nonsense("size"))?;
            match header.as_bytes()[156] {
                b'L' => extensions.path = Some(lossy(trim_nul(&self.extension(at, size)?))),
                b'K' => extensions.link = Some(lossy(trim_nul(&self.extension(at, size)?))),
                b'x' => {
                    let records = self.extension(at, size)?;
                    match pax(&records, &mut extensions) {
                        Some(false) => {}
                        Some(true) => return Err(invalid(TarError::Sparse(at))),
                        None => return Err(nonsense("pax record")),
                    }
                }
                // Defaults for all entries, of which none changes what is here.
                b'g' => drop(self.extension(at, size)?),
                _ => return self.entry(at, &header, size, extensions).map(Some),
            }
        }
    }

    /// The content of the entry that came last, or what is left of it.
    pub fn content(&mut self) -> Content<'_, R> {
        Content { tar: self }
    }

    fn header(&mut self) -> io::Result<Option<Header>> {
        if self.ended {
            return Ok(None);
        }
        let at = self.position;
        let mut block = Vec::with_capacity(512);
        (&mut self.reader).take(BLOCK).read_to_end(&mut block)?;
        // Two empty blocks end a tar; some end with one, or where the file ends.
        if block.iter().all(|&byte| byte == 0) {
            self.ended = true;
            return match block.len() {
                0 => Ok(None),
                512 => {
                    if self.drain {
                        io::copy(&mut self.reader, &mut io::sink())?;
                    }
                    Ok(None)
                }
                _ => Err(invalid(TarError::Truncated { at, size: BLOCK })),
            };
        }
        let block: [u8; 512] = block
            .try_into()
            .map_err(|_| invalid(TarError::Truncated { at, size: BLOCK }))?;
        self.position += BLOCK;
        let mut header = Header::new_old();
        header.as_mut_bytes().copy_from_slice(&block);
        let sum = |blank: u32| {
            let bytes = block[..148].iter().chain(&block[156..]);
            bytes.map(|&byte| u32::from(byte)).sum::<u32>() + blank
        };
        match header.cksum() {
            Ok(claimed) if claimed == sum(8 * 32) => Ok(Some(header)),
            _ => Err(invalid(TarError::Checksum(at))),
        }
    }

    fn entry(
        &mut self,
        at: u64,
        header: &Header,
        size: u64,
        extensions: Extensions,
    ) -> io::Result<TarEntry> {
        let nonsense = |field| invalid(TarError::Field { at, field });
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
        let kind = match header.as_bytes()[156] {
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
        let size = match kind {
            TarKind::File => extensions.size.unwrap_or(size),
            TarKind::Special(kind) if !(b'3'..=b'6').contains(&kind) => {
                extensions.size.unwrap_or(size)
            }
            _ => 0,
        };
        self.left = size;
        self.padding = size.wrapping_neg() % BLOCK;
        if size.checked_add(self.position + BLOCK).is_none() {
            return Err(nonsense("size"));
        }
        Ok(TarEntry {
            path,
            kind,
            mode: header.mode().map_err(|_| nonsense("mode"))? & 0o7777,
            uid: header.uid().map_err(|_| nonsense("uid"))?,
            gid: header.gid().map_err(|_| nonsense("gid"))?,
            size,
            start: self.position,
        })
    }

    /// The content of a header that says something about the next entry.
    fn extension(&mut self, at: u64, size: u64) -> io::Result<Vec<u8>> {
        if size > MAX_EXTENSION {
            return Err(invalid(TarError::Extension { at, size }));
        }
        self.left = size;
        self.padding = size.wrapping_neg() % BLOCK;
        let mut bytes = Vec::new();
        self.content().read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl<R: Read + Seek> TarReader<R> {
    /// Walks a file; what nobody reads is passed over.
    pub fn seeking(reader: R) -> Self {
        let skip = |reader: &mut R, count: u64| {
            // The last byte is read, so that a file that is cut off is noticed.
            let but_one = i64::try_from(count - 1).map_err(io::Error::other)?;
            reader.seek(SeekFrom::Current(but_one))?;
            reader.read_exact(&mut [0])
        };
        Self::new(reader, skip, false)
    }
}

/// The content of an entry.
#[derive(Debug)]
pub struct Content<'a, R> {
    tar: &'a mut TarReader<R>,
}

impl<R: Read> Read for Content<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let tar = &mut *self.tar;
        let room = usize::try_from(tar.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        if room == 0 {
            return Ok(0);
        }
        let read = tar.reader.read(&mut buffer[..room])?;
        if read == 0 {
            let (at, size) = (tar.position, tar.left);
            return Err(invalid(TarError::Truncated { at, size }));
        }
        tar.left -= read as u64;
        tar.position += read as u64;
        Ok(read)
    }
}

/// Takes in the records `LENGTH KEY=VALUE\n` of a pax header: whether they speak
/// of a sparse file, or nothing if one is malformed.
fn pax(mut records: &[u8], extensions: &mut Extensions) -> Option<bool> {
    let mut sparse = false;
    while !records.is_empty() {
        let space = records.iter().position(|&byte| byte == b' ')?;
        let length: usize = std::str::from_utf8(&records[..space]).ok()?.parse().ok()?;
        let record = records.get(space + 1..length)?.strip_suffix(b"\n")?;
        records = &records[length..];
        let equals = record.iter().position(|&byte| byte == b'=')?;
        let (key, value) = (&record[..equals], &record[equals + 1..]);
        match key {
            b"path" => extensions.path = Some(lossy(value)),
            b"linkpath" => extensions.link = Some(lossy(value)),
            b"size" => extensions.size = Some(std::str::from_utf8(value).ok()?.parse().ok()?),
            _ => sparse |= key.starts_with(b"GNU.sparse."),
        }
    }
    Some(sparse)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn trim_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|&byte| byte == 0);
    &bytes[..end.unwrap_or(bytes.len())]
}

fn cut(error: io::Error, at: u64, size: u64) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => invalid(TarError::Truncated { at, size }),
        _ => error,
    }
}

fn invalid(error: TarError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn header(kind: u8, size: u64) -> Header {
        let mut header = Header::new_ustar();
        header.set_entry_type(::tar::EntryType::new(kind));
        header.set_path("name").unwrap();
        header.set_size(size);
        header.set_mode(0o644);
        header.set_uid(1);
        header.set_gid(2);
        header.set_mtime(0);
        header.set_cksum();
        header
    }

    fn entry(kind: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = header(kind, content.len() as u64).as_bytes().to_vec();
        bytes.extend(content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        bytes
    }

    fn walk(bytes: &[u8]) -> io::Result<Vec<TarEntry>> {
        let mut streaming = TarReader::streaming(bytes);
        let mut seeking = TarReader::seeking(Cursor::new(bytes));
        let mut entries = Vec::new();
        loop {
            let (one, other) = (streaming.next_entry(), seeking.next_entry());
            match (one, other) {
                (Ok(one), Ok(other)) => {
                    assert_eq!(one, other);
                    let Some(one) = one else { return Ok(entries) };
                    entries.push(one);
                }
                (Err(one), Err(other)) => {
                    assert_eq!(one.to_string(), other.to_string());
                    return Err(one);
                }
                (one, other) => panic!("{one:?} as a stream, {other:?} as a file"),
            }
        }
    }

    fn paths(bytes: &[u8]) -> Vec<String> {
        let entries = walk(bytes).unwrap();
        entries.into_iter().map(|entry| entry.path).collect()
    }

    #[test]
    fn what_the_tar_crate_writes_is_read() {
        let long = format!("{}/{}", "d".repeat(200), "f".repeat(200));
        let mut builder = ::tar::Builder::new(Vec::new());
        let mut file = header(b'0', 3);
        builder
            .append_data(&mut file, &long, b"abc".as_slice())
            .unwrap();
        let mut link = header(b'2', 0);
        builder.append_link(&mut link, "link", &long).unwrap();
        let bytes = builder.into_inner().unwrap();

        let entries = walk(&bytes).unwrap();
        assert_eq!(entries[0].path, long);
        assert_eq!(
            (entries[0].size, entries[0].kind.clone()),
            (3, TarKind::File)
        );
        assert_eq!(entries[1].kind, TarKind::Symlink { target: long });
        let start = usize::try_from(entries[0].start).unwrap();
        assert_eq!(&bytes[start..start + 3], b"abc");
    }

    #[test]
    fn a_pax_header_says_path_and_size_of_the_next_entry() {
        let bytes = [
            entry(b'g', b"11 path=no\n"),
            entry(b'x', b"12 path=yes\n10 size=3\n"),
            {
                let mut file = entry(b'0', b"abc");
                file[..512].copy_from_slice(header(b'0', 0).as_bytes());
                file
            },
            entry(b'0', b""),
        ];
        let entries = walk(&bytes.concat()).unwrap();
        assert_eq!((entries[0].path.as_str(), entries[0].size), ("yes", 3));
        assert_eq!((entries[1].path.as_str(), entries[1].size), ("name", 0));
    }

    #[test]
    fn content_is_read_in_part_or_not_at_all() {
        let bytes = [entry(b'0', &[7; 600]), entry(b'0', b"abc")].concat();
        let mut tar = TarReader::streaming(bytes.as_slice());
        tar.next_entry().unwrap();
        let mut part = [0; 100];
        tar.content().read_exact(&mut part).unwrap();
        assert_eq!(part, [7; 100]);
        tar.next_entry().unwrap();
        let mut all = String::new();
        tar.content().read_to_string(&mut all).unwrap();
        assert_eq!(all, "abc");
        assert!(tar.next_entry().unwrap().is_none());
    }

    #[test]
    fn a_stream_is_read_to_its_end_behind_the_end_of_the_tar() {
        let bytes = [entry(b'0', b""), vec![0; 1024], vec![1; 5000]].concat();
        let mut rest = bytes.as_slice();
        let mut tar = TarReader::streaming(&mut rest);
        while tar.next_entry().unwrap().is_some() {}
        assert_eq!(rest, b"");
    }

    #[test]
    fn a_tar_without_the_blocks_that_end_it_is_read() {
        assert_eq!(paths(&entry(b'0', b"abc")), ["name"]);
        assert_eq!(paths(&[]), [""; 0]);
    }

    #[test]
    fn every_cut_inside_an_entry_is_an_error() {
        let bytes = [entry(b'0', &[7; 600]), entry(b'0', b"abc")].concat();
        for cut in [1, 511, 513, 1111, 1112, 1535, 1537, 2050, 2559] {
            let error = walk(&bytes[..cut]).unwrap_err().to_string();
            assert!(error.contains("cut off"), "cut at {cut}: {error}");
        }
    }

    #[test]
    fn claims_that_no_file_keeps_are_errors() {
        let claims = |kind, size: u64| walk(header(kind, size).as_bytes()).unwrap_err().to_string();
        assert!(claims(b'0', 10_000_000_000).contains("cut off"));
        assert!(
            claims(b'0', u64::MAX >> 1).contains("makes no sense")
                || claims(b'0', u64::MAX >> 1).contains("cut off")
        );
        assert!(claims(b'L', 10_000_000_000).contains("too many"));
        assert!(claims(b'x', 2 << 20).contains("too many"));
    }

    #[test]
    fn bytes_that_are_no_tar_are_an_error() {
        let error = walk(&[b'x'; 2048]).unwrap_err().to_string();
        assert!(error.contains("it is no tar"), "{error}");
    }

    #[test]
    fn malformed_pax_records_are_errors() {
        for record in [
            "",
            "5",
            "99 path=x\n",
            "3 a\n",
            "8 path=x ",
            "0 path=x\n",
            "9 size=x\n",
        ] {
            if record.is_empty() {
                continue;
            }
            let bytes = [entry(b'x', record.as_bytes()), entry(b'0', b"")].concat();
            let error = walk(&bytes).unwrap_err().to_string();
            assert!(error.contains("pax record"), "{record:?}: {error}");
        }
    }
}
