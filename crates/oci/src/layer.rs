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
        let mut hasher = HashingWriter::new(io::sink());
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
        self.write_with_progress(compression, threads, out, &|_| ())
    }

    /// As [`Self::write`]; `progress` is called with the number of bytes of the tar since
    /// its last call.
    ///
    /// # Errors
    /// Those of [`Self::write`].
    pub fn write_with_progress(
        &self,
        compression: Compression,
        threads: NonZeroUsize,
        out: impl Write + Send,
        progress: &dyn Fn(u64),
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
    progress: &'a dyn Fn(u64),
}

impl Write for ReportProgress<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.pieces.write(bytes)?;
        (self.progress)(written as u64);
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
mod tests {
    use super::*;
    use crate::tar::FileContent;
    use std::io::Read;

    fn file(path: &str, bytes: Vec<u8>) -> Entry {
        let kind = EntryKind::File {
            mode: 0o755,
            size: bytes.len() as u64,
            content: FileContent::Memory(bytes),
        };
        Entry::new(path, kind).unwrap()
    }

    /// Bytes that compress, but not to nothing, and are the same everywhere.
    fn sample(size: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 28) as u8
        };
        (0..size).map(|_| next()).collect()
    }

    fn write(
        layer: &Layer,
        compression: Compression,
        threads: usize,
    ) -> (Vec<u8>, Descriptor, Digest) {
        let mut blob = Vec::new();
        let threads = NonZeroUsize::new(threads).unwrap();
        let (descriptor, diff_id) = layer.write(compression, threads, &mut blob).unwrap();
        (blob, descriptor, diff_id)
    }

    #[test]
    fn the_blob_is_the_same_for_any_number_of_threads() {
        let layer = Layer::new([file("/usr/local/bin/x", sample(5 << 20))]).unwrap();
        let (blob, descriptor, diff_id) = write(&layer, Compression::Gzip, 1);
        assert_eq!(descriptor.digest, Digest::of(&blob));
        assert_eq!(descriptor.size, blob.len() as u64);
        assert_eq!(diff_id, layer.diff_id().unwrap());
        for threads in 2..6 {
            assert_eq!(write(&layer, Compression::Gzip, threads).0, blob);
        }
    }

    #[test]
    fn the_bytes_of_a_layer_stay_what_they_were() {
        let layer = Layer::new([file("/usr/local/bin/x", sample(3 << 20))]).unwrap();
        let (_, descriptor, diff_id) = write(&layer, Compression::Gzip, 2);
        insta::assert_snapshot!(diff_id, @"sha256:91e0d7fda0d300226010f71f18643fda44a80b7eb60249801d3baa7b5edbadb1");
        insta::assert_snapshot!(descriptor.digest, @"sha256:2ed80e43393010f31da9b07ed6e50b9c5638f8cc42dcaca72affa883046ad0b9");
        #[cfg(feature = "zstd")]
        insta::assert_snapshot!(write(&layer, Compression::Zstd, 2).1.digest, @"sha256:8826341a696b5af58d4d261e0cd16c85d1bb1d47ebb97f3acbf76bfa1df66782");
    }

    #[test]
    fn what_was_compressed_reads_back_as_the_tar() {
        let layer = Layer::new([file("/usr/local/bin/x", sample(2_500_000))]).unwrap();
        let mut tar = Vec::new();
        layer.write_tar(&mut tar).unwrap();
        let (blob, ..) = write(&layer, Compression::Gzip, 2);
        let mut read = Vec::new();
        flate2::read::MultiGzDecoder::new(blob.as_slice())
            .read_to_end(&mut read)
            .unwrap();
        assert!(read == tar);
        #[cfg(feature = "zstd")]
        {
            let (blob, ..) = write(&layer, Compression::Zstd, 2);
            assert!(zstd::decode_all(blob.as_slice()).unwrap() == tar);
        }
    }

    #[test]
    fn folders_above_an_entry_come_before_it() {
        let layer = Layer::new([file("/a/b/c", Vec::new()), file("/a-b", Vec::new())]).unwrap();
        let mut tar = Vec::new();
        layer.write_tar(&mut tar).unwrap();
        let mut archive = ::tar::Archive::new(tar.as_slice());
        let paths: Vec<_> = archive
            .entries()
            .unwrap()
            .map(|entry| entry.unwrap().path().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(paths, ["a/", "a-b", "a/b/", "a/b/c"]);
    }

    #[test]
    fn two_entries_at_one_place_are_refused() {
        let entries = [file("/a", Vec::new()), file("a", Vec::new())];
        assert_eq!(Layer::new(entries), Err(LayerError::Twice("a".to_owned())));
    }

    #[test]
    fn an_entry_inside_a_file_is_refused() {
        let error = Layer::new([file("/a", Vec::new()), file("/a/b", Vec::new())]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`/a/b` cannot be inside `/a`, which is not a folder"
        );
    }

    #[test]
    fn a_writer_that_fails_ends_the_compression_with_its_error() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let layer = Layer::new([file("/x", sample(20 << 20))]).unwrap();
        let threads = NonZeroUsize::new(2).unwrap();
        let error = layer.write(Compression::Gzip, threads, Full).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
