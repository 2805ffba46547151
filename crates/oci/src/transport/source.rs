//! A layout, an archive or a repository that is open for reading: its entries, documents and blobs.

use std::io::Read;

use serde::de::DeserializeOwned;

use super::blob::BlobReader;
use super::blob_store::BlobStore;
use super::document::MAX_DOCUMENT;
use super::error::{ReadError, ReadErrorKind};
use super::reference::{Reference, familiar_name};
use crate::descriptor::Descriptor;
use crate::image::Blob;
use crate::json;

/// A layout or an archive, open for reading.
///
/// Its content is not trusted: documents are verified, and readers of blobs verify them.
#[derive(Debug)]
pub struct Source {
    pub(super) reference: Reference,
    pub(super) blobs: BlobStore,
    pub(super) entries: Vec<Entry>,
    /// The tag or name that the reference asks for.
    pub(super) wanted: Option<String>,
}

/// What a layout's `index.json` or a docker-archive's `manifest.json` lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The tag, or in a docker-archive the `name:tag`.
    pub name: Option<String>,
    /// Points at an index or a manifest. A docker-archive has no manifests: there it points at
    /// one that was made from its layers and config.
    pub descriptor: Descriptor,
}

impl Source {
    /// All entries, in their order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry that the reference names: the one with its tag, or the only one.
    ///
    /// # Errors
    /// There is none, or there are several and the reference does not say which.
    pub fn root(&self) -> Result<&Entry, ReadError> {
        self.find_root().map_err(|kind| self.error(kind))
    }

    /// Reads and verifies a document; gives its bytes, too.
    ///
    /// # Errors
    /// The blob is missing, damaged, larger than [`MAX_DOCUMENT`] or no such document.
    pub fn read_json<T: DeserializeOwned>(
        &self,
        descriptor: &Descriptor,
    ) -> Result<(Vec<u8>, T), ReadError> {
        let document = self.document(descriptor, "the document", MAX_DOCUMENT);
        document.map_err(|kind| self.error(kind))
    }

    /// Opens a blob, which is verified by the end of the stream.
    ///
    /// # Errors
    /// The blob is missing or has another size.
    pub fn open_blob(&self, descriptor: &Descriptor) -> Result<BlobReader, ReadError> {
        let blob = self.blob(descriptor);
        let reader = blob.and_then(|blob| BlobReader::open(&blob));
        reader.map_err(|kind| self.error(kind))
    }

    pub(super) fn error(&self, kind: ReadErrorKind) -> ReadError {
        ReadError {
            reference: self.reference.clone(),
            kind: Box::new(kind),
        }
    }

    pub(super) fn find_root(&self) -> Result<&Entry, ReadErrorKind> {
        let docker = matches!(
            self.reference,
            Reference::DockerArchive { .. } | Reference::DockerDaemon { .. }
        );
        if let Some(wanted) = &self.wanted {
            let same = |name: &String| {
                if docker {
                    familiar_name(name) == familiar_name(wanted)
                } else {
                    name == wanted
                }
            };
            let found = self
                .entries
                .iter()
                .find(|entry| entry.name.as_ref().is_some_and(same));
            return found.ok_or_else(|| ReadErrorKind::NoSuchName {
                wanted: wanted.clone(),
                known: self.known(),
            });
        }
        let root = self.entries.first().ok_or(ReadErrorKind::Empty)?;
        let same = |entry: &Entry| entry.descriptor.digest == root.descriptor.digest;
        if self.entries.iter().all(same) {
            return Ok(root);
        }
        let named = self.entries.iter().find_map(|entry| entry.name.as_deref());
        let example = match &self.reference {
            Reference::Oci { path, .. } => format!("oci:{path}"),
            Reference::OciArchive { path, .. } => format!("oci-archive:{path}"),
            Reference::DockerArchive { path, .. } => format!("docker-archive:{path}"),
            Reference::DockerDaemon { .. } => "docker-daemon".to_owned(),
            Reference::Registry(image) => format!("docker://{}", image.repository),
        };
        Err(ReadErrorKind::ManyImages {
            known: self.known(),
            example: format!("{example}:{}", named.unwrap_or("TAG")),
        })
    }

    /// The names of the entries as one line of text.
    fn known(&self) -> String {
        const SHOWN: usize = 8;
        let names: Vec<String> = self
            .entries
            .iter()
            .take(SHOWN)
            .map(|entry| match &entry.name {
                Some(name) => format!("`{}`", name.escape_debug()),
                None => format!("`{}` without a name", entry.descriptor.digest),
            })
            .collect();
        match self.entries.len() {
            0 => "another place, because it holds no image".to_owned(),
            count if count > SHOWN => format!("{} and {} more", names.join(", "), count - SHOWN),
            _ => names.join(", "),
        }
    }

    /// Finds a blob; refuses one whose size is not that of its descriptor.
    pub(super) fn blob(&self, descriptor: &Descriptor) -> Result<Blob, ReadErrorKind> {
        let (digest, claimed) = (descriptor.digest, descriptor.size);
        let (content, found) = self
            .blobs
            .find(descriptor)?
            .ok_or(ReadErrorKind::MissingBlob(digest))?;
        if found != claimed {
            return Err(ReadErrorKind::WrongSize {
                digest,
                claimed,
                found,
            });
        }
        Ok(Blob {
            descriptor: descriptor.clone(),
            content,
        })
    }

    /// Reads, verifies and parses a document; gives its bytes, too. `kind` is its name in
    /// messages, `limit` its largest size in bytes.
    pub(super) fn document<T: DeserializeOwned>(
        &self,
        descriptor: &Descriptor,
        kind: &str,
        limit: u64,
    ) -> Result<(Vec<u8>, T), ReadErrorKind> {
        let name = || format!("{kind} `{}`", descriptor.digest);
        if descriptor.size > limit {
            return Err(ReadErrorKind::DocumentTooLarge {
                document: name(),
                size: descriptor.size,
                limit,
            });
        }
        let mut reader = BlobReader::open(&self.blob(descriptor)?)?;
        let mut bytes = Vec::new();
        let read = reader.read_to_end(&mut bytes);
        read.map_err(|error| ReadErrorKind::of_blob(descriptor.digest, error))?;
        let parsed = json::parse(&bytes).map_err(|source| ReadErrorKind::Malformed {
            document: name(),
            source,
        })?;
        Ok((bytes, parsed))
    }
}
