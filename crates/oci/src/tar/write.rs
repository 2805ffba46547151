//! Writes tars whose bytes depend on their entries alone.
//!
//! POSIX ustar without pax records; owner, group and their names are 0 and
//! empty, and every modification time is [`MTIME`].

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;

use super::entry::{Entry, EntryKind, FileContent, split_for_ustar};
use crate::copy::copy;
use crate::folder::open_file;

/// The modification time of everything in a layer, in seconds since 1970: it is
/// the same in every image, so that a layer never changes for a date.
pub const MTIME: u64 = 1;

/// Tars consist of blocks of this many bytes.
const BLOCK: usize = 512;
/// The largest size that the eleven octal digits of a ustar header say: 8 GiB - 1.
pub const MAX_FILE_SIZE: u64 = 0o777_7777_7777;

/// Writes the header, content and padding of an entry.
///
/// # Errors
/// Those of `out` and of the entry's file, which must have the size that the
/// entry says.
pub fn write_entry(out: &mut impl Write, entry: &Entry) -> io::Result<()> {
    let path = entry.path_in_tar();
    match entry.kind() {
        EntryKind::Directory { mode } => out.write_all(&header(&path, *mode, 0, b'5', "")),
        EntryKind::Symlink { target } => out.write_all(&header(&path, 0o777, 0, b'2', target)),
        EntryKind::File {
            mode,
            size,
            content,
        } => {
            write_file_header(out, &path, *mode, *size)?;
            match content {
                FileContent::Memory(bytes) => write_content(out, *size, bytes.as_slice()),
                FileContent::Disk { path, links } => {
                    write_content(out, *size, open_file(path, *links)?)
                }
                FileContent::Open(file) => write_content(out, *size, FromStart::new(file.file())),
            }
        }
    }
}

/// Writes the header of a regular file; [`write_content`] must follow.
///
/// # Errors
/// Those of `out`, and a size above [`MAX_FILE_SIZE`].
pub fn write_file_header(out: &mut impl Write, path: &str, mode: u32, size: u64) -> io::Result<()> {
    if size > MAX_FILE_SIZE {
        let message = format!("`{path}` is larger than 8 GiB, more than a ustar header can say");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    out.write_all(&header(path, mode, size, b'0', ""))
}

/// Writes `size` bytes of `content`, all that it has, and the padding behind them.
///
/// # Errors
/// Those of `content` and `out`; `content` is shorter or longer than `size`.
pub fn write_content(out: &mut impl Write, size: u64, mut content: impl Read) -> io::Result<()> {
    let copied = copy(&mut (&mut content).take(size), out)?;
    let more = content.read(&mut [0])? != 0;
    if copied != size || more {
        return Err(io::Error::other(
            "a file changed its size while it was read",
        ));
    }
    write_padding(out, size)
}

/// Reads an open file from its start, whatever others read of it.
struct FromStart<'a> {
    file: &'a File,
    position: u64,
}

impl<'a> FromStart<'a> {
    fn new(file: &'a File) -> Self {
        Self { file, position: 0 }
    }
}

impl Read for FromStart<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

/// Fills the last block of a content of `size` bytes.
///
/// # Errors
/// Those of `out`.
pub fn write_padding(out: &mut impl Write, size: u64) -> io::Result<()> {
    let padding = size.next_multiple_of(BLOCK as u64) - size;
    out.write_all(&[0; BLOCK][..usize::try_from(padding).expect("less than a block")])
}

/// Writes the two empty blocks that end a tar.
///
/// # Errors
/// Those of `out`.
pub fn write_end(out: &mut impl Write) -> io::Result<()> {
    out.write_all(&[0; 2 * BLOCK])
}

fn header(path: &str, mode: u32, size: u64, kind: u8, link: &str) -> [u8; BLOCK] {
    let (prefix, name) = split_for_ustar(path).expect("an entry's path fits a header");
    let mut block = [0; BLOCK];
    put(&mut block[0..100], name.as_bytes());
    put_octal(&mut block[100..108], u64::from(mode));
    put_octal(&mut block[108..116], 0);
    put_octal(&mut block[116..124], 0);
    put_octal(&mut block[124..136], size);
    put_octal(&mut block[136..148], MTIME);
    block[148..156].fill(b' ');
    block[156] = kind;
    put(&mut block[157..257], link.as_bytes());
    put(&mut block[257..265], b"ustar\x0000");
    put_octal(&mut block[329..337], 0);
    put_octal(&mut block[337..345], 0);
    put(&mut block[345..500], prefix.as_bytes());
    let sum: u64 = block.iter().map(|&byte| u64::from(byte)).sum();
    put_octal(&mut block[148..155], sum);
    block
}

fn put(field: &mut [u8], bytes: &[u8]) {
    field[..bytes.len()].copy_from_slice(bytes);
}

/// Octal digits that fill the field but for a NUL at its end.
fn put_octal(field: &mut [u8], number: u64) {
    let digits = field.len() - 1;
    put(field, format!("{number:0digits$o}").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tar(entries: &[Entry]) -> Vec<u8> {
        let mut out = Vec::new();
        for entry in entries {
            write_entry(&mut out, entry).unwrap();
        }
        write_end(&mut out).unwrap();
        out
    }

    fn file(path: &str, bytes: &[u8]) -> Entry {
        let kind = EntryKind::File {
            mode: 0o644,
            size: bytes.len() as u64,
            content: FileContent::Memory(bytes.to_vec()),
        };
        Entry::new(path, kind).unwrap()
    }

    #[test]
    fn another_reader_finds_every_field_as_it_was_given() {
        let long = format!("{0}/{0}/{1}", "d".repeat(60), "f".repeat(90));
        let link = EntryKind::Symlink {
            target: "hello".to_owned(),
        };
        let bytes = tar(&[
            Entry::new("tmp", EntryKind::Directory { mode: 0o1777 }).unwrap(),
            file("etc/hello", b"hello"),
            file(&long, &[7; 513]),
            Entry::new("etc/link", link).unwrap(),
        ]);
        assert_eq!(bytes.len() % 512, 0);

        let mut archive = ::tar::Archive::new(bytes.as_slice());
        let mut seen = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            let header = entry.header();
            assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
            assert_eq!(header.mtime().unwrap(), MTIME);
            assert!(header.as_ustar().is_some());
            seen.push((
                entry.path().unwrap().to_str().unwrap().to_owned(),
                header.mode().unwrap(),
                content.len(),
            ));
        }
        let expected = [
            ("tmp/".to_owned(), 0o1777, 0),
            ("etc/hello".to_owned(), 0o644, 5),
            (long, 0o644, 513),
            ("etc/link".to_owned(), 0o777, 0),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_file_that_is_shorter_or_longer_than_said_is_an_error() {
        for size in [4, 6] {
            let error = write_content(&mut Vec::new(), size, b"hello".as_slice()).unwrap_err();
            assert!(error.to_string().contains("changed its size"), "{error}");
        }
    }

    #[test]
    fn a_size_that_ustar_cannot_say_is_an_error() {
        let error = write_file_header(&mut Vec::new(), "x", 0o644, MAX_FILE_SIZE + 1).unwrap_err();
        assert!(error.to_string().contains("8 GiB"), "{error}");
    }
}
