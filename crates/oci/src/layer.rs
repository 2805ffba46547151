//! Layers: sorted entries to a tar, its diff ID and its compressed blob
//! (OCI image-spec 1.1, layer.md).

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::num::NonZeroUsize;

use crate::codec::{Compression, compress};
use crate::descriptor::Descriptor;
use crate::digest::{Digest, HashingWriter};
use crate::tar::{self, Entry, EntryKind};

/// A layer to be written: entries sorted by path, with all directories above them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    entries: BTreeMap<String, Entry>,
}

/// Why entries cannot be one layer.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum LayerError {
    #[error("two things of the image want to be at `/{0}`")]
    Twice(String),
    #[error("`/{inner}` cannot be inside `/{outer}`, which is not a folder")]
    InsideFile { inner: String, outer: String },
}

impl Layer {
    /// A layer of these entries. Directories above them that are not among the entries are
    /// added with mode 0755.
    ///
    /// # Errors
    /// Two entries are at one place, or one is inside a file.
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Result<Self, LayerError> {
        let mut sorted: BTreeMap<String, Entry> = BTreeMap::new();
        for entry in entries {
            if let Some(twice) = sorted.insert(entry.path().to_owned(), entry) {
                return Err(LayerError::Twice(twice.path().to_owned()));
            }
        }
        let missing: Vec<String> = sorted
            .values()
            .flat_map(Entry::ancestors)
            .filter(|above| !sorted.contains_key(*above))
            .map(str::to_owned)
            .collect();
        for above in missing {
            let folder = Entry::new(&above, EntryKind::Directory { mode: 0o755 })
                .expect("what is above a normal path is normal and shorter");
            sorted.insert(above, folder);
        }
        for entry in sorted.values() {
            for above in entry.ancestors() {
                if !matches!(sorted[above].kind(), EntryKind::Directory { .. }) {
                    return Err(LayerError::InsideFile {
                        inner: entry.path().to_owned(),
                        outer: above.to_owned(),
                    });
                }
            }
        }
        Ok(Self { entries: sorted })
    }

    /// Whether the layer holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The size of all files, in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        let size = |entry: &Entry| match entry.kind() {
            EntryKind::File { size, .. } => *size,
            _ => 0,
        };
        self.entries.values().map(size).sum()
    }

    /// The diff ID: the digest of the uncompressed tar.
    ///
    /// # Errors
    /// Those of reading the entries' files.
    pub fn diff_id(&self) -> io::Result<Digest> {
        self.diff_id_with_progress(&|_| Ok(()))
    }

    /// As [`Self::diff_id`]; `progress` is called as by [`Self::write_with_progress`].
    ///
    /// # Errors
    /// Those of [`Self::diff_id`] and of `progress`.
    pub fn diff_id_with_progress(
        &self,
        progress: &dyn Fn(u64) -> io::Result<()>,
    ) -> io::Result<Digest> {
        let mut pieces = io::sink();
        let mut hasher = HashingWriter::new(ReportProgress {
            pieces: &mut pieces,
            progress,
        });
        self.write_tar(&mut hasher)?;
        let (_, diff_id, _) = hasher.finish();
        Ok(diff_id)
    }

    /// Writes the compressed blob; gives its descriptor and its diff ID.
    ///
    /// # Errors
    /// Those of reading the entries' files and of `out`.
    pub fn write(
        &self,
        compression: Compression,
        threads: NonZeroUsize,
        out: impl Write + Send,
    ) -> io::Result<(Descriptor, Digest)> {
        self.write_with_progress(compression, threads, out, &|_| Ok(()))
    }

    /// As [`Self::write`]; `progress` is called with the number of bytes of the tar since
    /// its last call. Its error ends the writing.
    ///
    /// # Errors
    /// Those of [`Self::write`] and of `progress`.
    pub fn write_with_progress(
        &self,
        compression: Compression,
        threads: NonZeroUsize,
        out: impl Write + Send,
        progress: &dyn Fn(u64) -> io::Result<()>,
    ) -> io::Result<(Descriptor, Digest)> {
        let mut diff_id = None;
        let out = compress(
            compression,
            threads,
            |pieces| {
                let mut hasher = HashingWriter::new(ReportProgress { pieces, progress });
                self.write_tar(&mut hasher)?;
                diff_id = Some(hasher.finish().1);
                Ok(())
            },
            HashingWriter::new(out),
        )?;
        let (_, digest, size) = out.finish();
        let diff_id = diff_id.expect("a tar that was written was hashed");
        Ok((
            Descriptor::new(compression.media_type(), digest, size),
            diff_id,
        ))
    }

    /// Writes the uncompressed tar.
    ///
    /// # Errors
    /// Those of reading the entries' files and of `out`.
    pub fn write_tar(&self, out: &mut impl Write) -> io::Result<()> {
        for entry in self.entries.values() {
            tar::write_entry(out, entry)
                .map_err(|error| io::Error::new(error.kind(), InEntry::new(entry, error)))?;
        }
        tar::write_end(out)
    }
}

/// Passes writes on and reports their lengths.
struct ReportProgress<'a> {
    pieces: &'a mut dyn Write,
    progress: &'a dyn Fn(u64) -> io::Result<()>,
}

impl Write for ReportProgress<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.pieces.write(bytes)?;
        (self.progress)(written as u64)?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pieces.flush()
    }
}

/// An error of writing an entry.
#[derive(Debug, thiserror::Error)]
#[error("cannot put `/{path}` into a layer: {error}")]
struct InEntry {
    path: String,
    error: io::Error,
}

impl InEntry {
    fn new(entry: &Entry, error: io::Error) -> Self {
        Self {
            path: entry.path().to_owned(),
            error,
        }
    }
}

#[cfg(test)]
#[path = "layer_tests.rs"]
mod tests;
