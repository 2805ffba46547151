//! Decompression of layers and archives of any origin, with a limit on what comes out.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::{Compression, UnsupportedCompression};

/// The size that is allowed for any ratio, in bytes.
const ALWAYS_ALLOWED: u64 = 1 << 30;
/// The largest ratio of compression that is taken for a real file.
const MAX_RATIO: u64 = 200;
/// zstd frames that want a larger window are refused, in bits: 32 MiB.
#[cfg(feature = "zstd")]
const MAX_ZSTD_WINDOW: u32 = 25;

/// Why compressed bytes could not be read to their end.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum DecompressError {
    #[error("it decompresses to more than {limit} bytes, more than anything of its size should")]
    Bomb { limit: u64 },
    #[error(transparent)]
    Unsupported(#[from] UnsupportedCompression),
    #[error("it is compressed with zstd, which is left out of this program; give it gzip")]
    #[cfg(not(feature = "zstd"))]
    NoZstd,
}

/// The limit for the decompressed size of `compressed` bytes: 1 GiB, or 200 times their
/// number where that is more.
#[must_use]
pub fn limit_for(compressed: u64) -> u64 {
    compressed.saturating_mul(MAX_RATIO).max(ALWAYS_ALLOWED)
}

/// The uncompressed form of some bytes.
pub struct Decompressed<'a> {
    inner: Box<dyn Read + Send + 'a>,
    limit: u64,
    left: u64,
}

impl<'a> Decompressed<'a> {
    /// Detects the compression of `reader` by its first bytes. Content without compression is
    /// read as it is.
    ///
    /// All members of a gzip and all frames of a zstd stream are read. Reading
    /// fails with [`DecompressError::Bomb`] where more than `limit` bytes come out.
    ///
    /// # Errors
    /// Those of `reader`, and a codec that is not supported.
    pub fn new(reader: impl Read + Send + 'a, limit: u64) -> io::Result<Self> {
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let mut start = Vec::new();
        (&mut reader).take(6).read_to_end(&mut start)?;
        let compression =
            Compression::detect(&start).map_err(|unsupported| invalid(unsupported.into()))?;
        let whole = io::Cursor::new(start).chain(reader);
        let inner: Box<dyn Read + Send + 'a> = match compression {
            None => Box::new(whole),
            Some(Compression::Gzip) => Box::new(MultiGzDecoder::new(whole)),
            Some(Compression::Zstd) => zstd(whole)?,
        };
        Ok(Self {
            inner,
            limit,
            left: limit,
        })
    }
}

#[cfg(feature = "zstd")]
fn zstd<'a>(reader: impl BufRead + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(reader)?;
    decoder.window_log_max(MAX_ZSTD_WINDOW)?;
    Ok(Box::new(decoder))
}

#[cfg(not(feature = "zstd"))]
fn zstd<'a>(_: impl BufRead + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
    Err(invalid(DecompressError::NoZstd))
}

fn invalid(error: DecompressError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

impl Read for Decompressed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !buffer.is_empty() {
            return match self.inner.read(&mut [0])? {
                0 => Ok(0),
                _ => Err(invalid(DecompressError::Bomb { limit: self.limit })),
            };
        }
        let room = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = self.inner.read(&mut buffer[..room])?;
        self.left -= read as u64;
        Ok(read)
    }
}

impl fmt::Debug for Decompressed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decompressed")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::write::GzEncoder;
    use std::io::Write as _;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn all(bytes: &[u8], limit: u64) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        Decompressed::new(bytes, limit)?.read_to_end(&mut out)?;
        Ok(out)
    }

    #[test]
    fn every_member_of_a_gzip_is_read() {
        let members = [gzip(b"one "), gzip(b""), gzip(b"two")].concat();
        assert_eq!(all(&members, 100).unwrap(), b"one two");
    }

    #[cfg(feature = "zstd")]
    #[test]
    fn every_frame_of_a_zstd_stream_is_read() {
        let frame = |bytes| ::zstd::bulk::compress(bytes, 3).unwrap();
        let skipped = b"\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec();
        let frames = [skipped, frame(b"one "), frame(b""), frame(b"two")].concat();
        assert_eq!(all(&frames, 100).unwrap(), b"one two");
    }

    #[cfg(feature = "zstd")]
    #[test]
    fn a_zstd_window_that_wants_much_memory_is_refused() {
        let mut encoder = ::zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(27).unwrap();
        encoder.write_all(&[0; 100]).unwrap();
        let error = all(&encoder.finish().unwrap(), 1000).unwrap_err();
        assert!(error.to_string().contains("memory"), "{error}");
    }

    #[test]
    fn plain_bytes_come_through_even_if_they_are_few() {
        assert_eq!(all(b"", 100).unwrap(), b"");
        assert_eq!(all(b"abc", 100).unwrap(), b"abc");
    }

    #[test]
    fn as_much_as_is_allowed_comes_out_and_no_more() {
        let bytes = gzip(&[0; 1000]);
        assert_eq!(all(&bytes, 1000).unwrap().len(), 1000);
        let error = all(&bytes, 999).unwrap_err();
        assert!(error.to_string().contains("more than 999 bytes"), "{error}");
    }

    #[test]
    fn a_truncated_gzip_is_an_error() {
        let bytes = gzip(b"content that is cut");
        for cut in [bytes.len() - 1, bytes.len() - 9, 5, 12] {
            assert!(all(&bytes[..cut], 100).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn what_follows_a_gzip_is_an_error() {
        assert!(all(&[gzip(b"one"), b"rest".to_vec()].concat(), 100).is_err());
    }

    #[test]
    fn a_codec_that_is_not_supported_is_named() {
        let error = all(b"\xfd7zXZ\0rest", 100).unwrap_err();
        assert!(error.to_string().contains("compressed with xz"), "{error}");
    }
}
