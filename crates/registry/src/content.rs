//! The content of a blob that is uploaded: its last bytes are handed on once all were verified.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};

use muslin_oci::cancellation::{Cancellation, Cancelled};
use muslin_oci::digest::Digest;
use muslin_oci::image::Blob;
use muslin_oci::transport::{BlobReader, ReadErrorKind};

/// A verified stream, whose own errors are kept apart from those of the connection.
pub(crate) struct Content<'a> {
    reader: BlobReader,
    digest: Digest,
    left: u64,
    cancellation: &'a Cancellation,
    /// Whether another upload has failed, so that this one is for nothing.
    stop: &'a AtomicBool,
    fault: Option<ReadErrorKind>,
}

impl<'a> Content<'a> {
    /// The content from this offset on, in bytes.
    pub(crate) fn open(
        blob: &Blob,
        offset: u64,
        cancellation: &'a Cancellation,
        stop: &'a AtomicBool,
    ) -> Result<Self, ReadErrorKind> {
        let mut content = Self {
            reader: BlobReader::open(blob)?,
            digest: blob.descriptor.digest,
            left: blob.descriptor.size,
            cancellation,
            stop,
            fault: None,
        };
        let skipped = io::copy(&mut (&mut content).take(offset), &mut io::sink());
        match (content.fault.take(), skipped) {
            (Some(fault), _) => Err(fault),
            (None, Err(error)) => Err(ReadErrorKind::of_blob(blob.descriptor.digest, error)),
            (None, Ok(_)) => Ok(content),
        }
    }

    /// How many bytes are left.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    /// Why the content could not be read, if that is why an upload has failed.
    pub(crate) fn fault(&mut self) -> Option<ReadErrorKind> {
        self.fault.take()
    }

    fn next(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.cancellation.check()?;
        if self.stop.load(Ordering::Relaxed) {
            return Err(Cancelled.into());
        }
        let read = self.reader.read(buffer)?;
        self.left = self.left.saturating_sub(read as u64);
        if self.left == 0 {
            // Its end is reached only if the digest is right.
            let behind = self.reader.read(&mut [0])?;
            debug_assert_eq!(behind, 0, "a reader ends with its size");
        }
        Ok(read)
    }
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        self.next(buffer).map_err(|error| {
            self.fault = Some(ReadErrorKind::of_blob(self.digest, error));
            io::ErrorKind::Other.into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bytes_of_a_forged_blob_are_not_handed_on() {
        let (cancellation, stop) = (Cancellation::default(), AtomicBool::new(false));
        let mut blob = Blob::of("text/plain", b"right".to_vec());
        let mut read = Vec::new();
        let content = Content::open(&blob, 2, &cancellation, &stop);
        content.unwrap().read_to_end(&mut read).unwrap();
        assert_eq!(read, b"ght");

        blob.content = muslin_oci::image::Content::Bytes(b"wrong".to_vec());
        let mut content = Content::open(&blob, 0, &cancellation, &stop).unwrap();
        read.clear();
        assert!(content.read_to_end(&mut read).is_err());
        assert!(read.len() < 5, "{read:?}");
        let fault = content.fault().unwrap();
        assert!(
            matches!(fault, ReadErrorKind::WrongDigest { .. }),
            "{fault}"
        );
    }

    #[test]
    fn an_upload_ends_with_another_that_has_failed() {
        let (cancellation, stop) = (Cancellation::default(), AtomicBool::new(true));
        let blob = Blob::of("text/plain", b"right".to_vec());
        let mut content = Content::open(&blob, 0, &cancellation, &stop).unwrap();
        assert!(content.read(&mut [0; 9]).is_err());
    }
}
