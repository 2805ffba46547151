//! Reads blobs and layers, verified by the end of the stream.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::error::{CopyError, ReadErrorKind};
use super::regular_file::{open_regular, open_regular_in};
use crate::codec::{Decompressed, limit_for};
use crate::copy::copy;
use crate::descriptor::Descriptor;
use crate::digest::{Digest, HashingReader};
use crate::folder::Links;
use crate::image::{Blob, Content, LayerBlob};

/// The content of a blob. Its end is reached only if size and digest are those of its
/// descriptor; else reading fails.
pub struct BlobReader {
    inner: HashingReader<Box<dyn Read + Send>>,
    digest: Digest,
    size: u64,
    verified: bool,
}

impl BlobReader {
    /// Opens the content of a blob.
    ///
    /// # Errors
    /// The content cannot be opened.
    pub fn open(blob: &Blob) -> Result<Self, ReadErrorKind> {
        let Descriptor { digest, size, .. } = blob.descriptor;
        let inner: Box<dyn Read + Send> = match &blob.content {
            Content::Bytes(bytes) => Box::new(Cursor::new(bytes.clone())),
            Content::File(path) => Box::new(open_regular(path, Links::Follow)?),
            Content::InFolder { folder, name } => Box::new(open_regular_in(folder, name)?),
            Content::Part { file, start, size } => Box::new(FilePart::new(file, *start, *size)),
            Content::Remote(repository) => {
                let opened = repository.open(&blob.descriptor);
                opened.map_err(|error| ReadErrorKind::of_blob(digest, error))?
            }
        };
        Ok(Self {
            inner: HashingReader::new(inner),
            digest,
            size,
            verified: false,
        })
    }

    fn wrong_size(&self) -> io::Error {
        let error = ReadErrorKind::WrongSize {
            digest: self.digest,
            claimed: self.size,
            found: self.inner.size(),
        };
        error.into_io()
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.verified || buffer.is_empty() {
            return Ok(0);
        }
        let read = self.inner.read(buffer)?;
        if self.inner.size() > self.size || (read == 0 && self.inner.size() < self.size) {
            return Err(self.wrong_size());
        }
        if read == 0 {
            let (digest, found) = (self.digest, self.inner.digest());
            if found != digest {
                return Err(ReadErrorKind::WrongDigest { digest, found }.into_io());
            }
            self.verified = true;
        }
        Ok(read)
    }
}

impl fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobReader")
            .field("digest", &self.digest)
            .field("read", &self.inner.size())
            .finish_non_exhaustive()
    }
}

/// The uncompressed tar of a layer, bounded. Its end is reached only if the digest of the
/// blob is that of its descriptor and the digest of the tar is the diff ID of the config;
/// else reading fails. Whoever stops before has read what may be forged.
pub struct LayerReader {
    tar: HashingReader<Decompressed<'static>>,
    layer: Digest,
    diff_id: Digest,
}

impl LayerReader {
    /// Opens a layer.
    ///
    /// # Errors
    /// The blob cannot be opened, or its compression is not supported.
    pub fn open(layer: &LayerBlob) -> Result<Self, ReadErrorKind> {
        let Descriptor { digest, size, .. } = layer.blob.descriptor;
        let tar = Decompressed::new(BlobReader::open(&layer.blob)?, limit_for(size))
            .map_err(|error| ReadErrorKind::of_blob(digest, error))?;
        Ok(Self {
            tar: HashingReader::new(tar),
            layer: digest,
            diff_id: layer.diff_id,
        })
    }

    /// The number of bytes that were read: at the end, the size of the tar.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.tar.size()
    }
}

impl Read for LayerReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.tar.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            let found = self.tar.digest();
            if found != self.diff_id {
                let error = ReadErrorKind::WrongDiffId {
                    layer: self.layer,
                    claimed: self.diff_id,
                    found,
                };
                return Err(error.into_io());
            }
        }
        Ok(read)
    }
}

impl fmt::Debug for LayerReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayerReader")
            .field("layer", &self.layer)
            .field("read", &self.tar.size())
            .finish_non_exhaustive()
    }
}

/// Copies a blob's stream to its end; gives its length in bytes.
///
/// # Errors
/// Those of the reader, with `digest` as the blob's name, and those of the writer.
pub fn copy_blob(
    reader: impl Read,
    digest: Digest,
    out: &mut (impl Write + ?Sized),
) -> Result<u64, CopyError> {
    let mut reader = RecordError {
        inner: reader,
        error: None,
    };
    copy(&mut reader, out).map_err(|error| match reader.error.take() {
        Some(error) => CopyError::Read(Box::new(ReadErrorKind::of_blob(digest, error))),
        None => CopyError::Write(error),
    })
}

/// Keeps a reader's error apart from those of the writer.
struct RecordError<R> {
    inner: R,
    error: Option<io::Error>,
}

impl<R: Read> Read for RecordError<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.error = Some(error);
            }
            kind.into()
        })
    }
}

/// A part of a file that others may read at the same time.
pub(super) struct FilePart {
    file: Arc<File>,
    position: u64,
    end: u64,
}

impl FilePart {
    pub(super) fn new(file: &Arc<File>, start: u64, size: u64) -> Self {
        Self {
            file: Arc::clone(file),
            position: start,
            end: start.saturating_add(size),
        }
    }
}

impl Read for FilePart {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.end - self.position;
        let room = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = self.file.read_at(&mut buffer[..room], self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}
