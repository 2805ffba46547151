//! Reading a blob, checked by the end.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::fault::Fault;
use crate::image::decompress::{Decompressed, limit_for};
use crate::image::descriptor::Descriptor;
use crate::image::digest::{Digest, HashingWriter};
use crate::image::multi_platform::{Blob, Content, LayerBlob};

/// The content of a blob. Its end is reached only if size and digest are what its
/// descriptor says; else reading fails.
pub struct BlobReader {
    inner: Box<dyn Read + Send>,
    digest: Digest,
    size: u64,
    read: u64,
    hasher: Option<HashingWriter<io::Sink>>,
}

impl BlobReader {
    /// Reads the content of a blob.
    ///
    /// # Errors
    /// The content cannot be opened.
    pub fn open(blob: &Blob) -> Result<Self, Fault> {
        let (digest, size) = (blob.descriptor.digest, blob.descriptor.size);
        let inner: Box<dyn Read + Send> = match &blob.content {
            Content::Bytes(bytes) => Box::new(Cursor::new(bytes.clone())),
            Content::File(path) => {
                // Opening a pipe would wait for a writer that never comes.
                let metadata = path.metadata();
                let metadata = metadata.map_err(|error| Fault::unreadable(path.clone(), error))?;
                if !metadata.is_file() {
                    return Err(Fault::NotAFile(path.clone()));
                }
                let file = File::open(path);
                Box::new(file.map_err(|error| Fault::unreadable(path.clone(), error))?)
            }
            Content::Part { file, start, size } => Box::new(Part::new(file, *start, *size)),
        };
        Ok(Self {
            inner,
            digest,
            size,
            read: 0,
            hasher: Some(HashingWriter::new(io::sink())),
        })
    }

    fn wrong_size(&self) -> Fault {
        Fault::WrongSize {
            digest: self.digest,
            claimed: self.size,
            found: self.read,
        }
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(hasher) = &mut self.hasher else {
            return Ok(0);
        };
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        if self.read > self.size || (read == 0 && self.read < self.size) {
            return Err(self.wrong_size().into_io());
        }
        hasher.write_all(&buffer[..read])?;
        if read == 0 {
            let hasher = self.hasher.take();
            let found = hasher.map_or(self.digest, |hasher| hasher.finish().1);
            if found != self.digest {
                // Whoever reads on is not told that all is well.
                self.hasher = Some(HashingWriter::new(io::sink()));
                let digest = self.digest;
                return Err(Fault::WrongDigest { digest, found }.into_io());
            }
        }
        Ok(read)
    }
}

impl fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobReader")
            .field("digest", &self.digest)
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}

/// The tar of a layer, without compression and bounded. The blob is checked once its end
/// is reached: whoever stops before has read what may be forged.
///
/// # Errors
/// The blob cannot be opened, or is compressed with something unknown.
pub fn open_layer(layer: &LayerBlob) -> Result<Decompressed<'static>, Fault> {
    let Descriptor { digest, size, .. } = layer.blob.descriptor;
    let plain = Decompressed::new(BlobReader::open(&layer.blob)?, limit_for(size));
    plain.map_err(|error| Fault::of_blob(digest, error))
}

/// A part of a file that others may read at the same time.
pub(super) struct Part {
    file: Arc<File>,
    position: u64,
    end: u64,
}

impl Part {
    pub(super) fn new(file: &Arc<File>, start: u64, size: u64) -> Self {
        Self {
            file: Arc::clone(file),
            position: start,
            end: start.saturating_add(size),
        }
    }
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.end - self.position;
        let room = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = self.file.read_at(&mut buffer[..room], self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}
