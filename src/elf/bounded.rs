//! Bounds what is read of a file.

use std::cell::Cell;
use std::io::{Read, Seek};
use std::ops::Range;

use object::ReadRef;
use object::read::ReadCache;

/// The longest text that is read, with its end, in bytes.
const MAX_TEXT: u64 = 1 << 16;

/// A file of which no more than some bytes are read in total. What it allows is held in the
/// cache; what it refuses is never read.
pub(super) struct Bounded<R: Read + Seek> {
    cache: ReadCache<R>,
    left: Cell<u64>,
}

impl<R: Read + Seek> Bounded<R> {
    pub(super) fn new(file: R, limit: u64) -> Self {
        Self {
            cache: ReadCache::new(file),
            left: Cell::new(limit),
        }
    }

    fn take(&self, size: u64) -> Result<(), ()> {
        self.left.set(self.left.get().checked_sub(size).ok_or(())?);
        Ok(())
    }
}

impl<'a, R: Read + Seek> ReadRef<'a> for &'a Bounded<R> {
    fn len(self) -> Result<u64, ()> {
        self.cache.len()
    }

    fn read_bytes_at(self, offset: u64, size: u64) -> Result<&'a [u8], ()> {
        self.take(size)?;
        self.cache.read_bytes_at(offset, size)
    }

    fn read_bytes_at_until(self, range: Range<u64>, delimiter: u8) -> Result<&'a [u8], ()> {
        let end = range.end.min(range.start.saturating_add(MAX_TEXT));
        let found = self
            .cache
            .read_bytes_at_until(range.start..end, delimiter)?;
        self.take(found.len() as u64)?;
        Ok(found)
    }
}
