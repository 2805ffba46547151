//! Reads tars of any origin entry by entry, in bounded memory: ustar, GNU and pax.
//!
//! The `tar` crate parses the fields of a header. Iteration is done here, because the
//! `tar` crate allocates whatever a long name claims to have.

use std::io::{self, Read, Seek, SeekFrom};

use tar::Header;

use super::header::{BLOCK, Extensions, TarEntry, TarError, claimed_size, invalid};

/// The most that a pax header or a long name may have, in bytes.
const MAX_EXTENSION: u64 = 1 << 20;

/// Walks through the entries of a tar.
#[derive(Debug)]
pub struct TarReader<R> {
    reader: R,
    skip: fn(&mut R, u64) -> io::Result<()>,
    /// Whether the bytes after the end of the tar are read too, so that a digest of the whole
    /// stream can be verified.
    drain: bool,
    /// The position in the tar, in bytes.
    position: u64,
    /// The unread bytes of the present entry's content.
    left: u64,
    /// The padding after the present entry's content, in bytes.
    padding: u64,
    ended: bool,
}

impl<R: Read> TarReader<R> {
    /// Reads a stream to its very end; content that the caller does not read is discarded.
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
            self.pass()?;
            let at = self.position;
            let Some(header) = self.header()? else {
                return Ok(None);
            };
            if Extensions::is_one(&header) {
                let size = claimed_size(&header, at)?;
                let content = self.extension(at, size)?;
                extensions.extend(&header, &content, at)?;
                continue;
            }
            let entry = TarEntry::new(&header, extensions, at, self.position)?;
            self.expect(entry.size);
            return Ok(Some(entry));
        }
    }

    /// The unread content of the present entry.
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

    /// Skips the rest of the present entry.
    fn pass(&mut self) -> io::Result<()> {
        let (at, size) = (self.position, self.left);
        if size > 0 {
            (self.skip)(&mut self.reader, size).map_err(|error| cut(error, at, size))?;
        }
        // Some writers end with the last content, and its block is not full.
        let mut padding = (&mut self.reader).take(self.padding);
        let padded = io::copy(&mut padding, &mut io::sink())?;
        self.ended |= padded < self.padding;
        self.position += size + padded;
        (self.left, self.padding) = (0, 0);
        Ok(())
    }

    /// Sets the size of the content that follows.
    fn expect(&mut self, size: u64) {
        self.left = size;
        self.padding = size.wrapping_neg() % BLOCK;
    }

    /// Reads the content of an extension header.
    fn extension(&mut self, at: u64, size: u64) -> io::Result<Vec<u8>> {
        if size > MAX_EXTENSION {
            return Err(invalid(TarError::Extension { at, size }));
        }
        self.expect(size);
        let mut bytes = Vec::new();
        self.content().read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl<R: Read + Seek> TarReader<R> {
    /// Reads a file; content that the caller does not read is skipped by seeking.
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

fn cut(error: io::Error, at: u64, size: u64) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => invalid(TarError::Truncated { at, size }),
        _ => error,
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
