//! An image, or several, at one place.

use std::io::Read;

use serde::de::DeserializeOwned;

use super::blob_reader::BlobReader;
use super::docker_manifest::familiar;
use super::fault::{Fault, ReadError};
use super::store::Store;
use super::{REF_NAME, json};
use crate::image::descriptor::Descriptor;
use crate::image::manifest::Index;
use crate::image::multi_platform::{Blob, MultiPlatformImage};
use crate::image::reference::Reference;

/// The largest JSON document that is read, in bytes: what registries take, too.
pub const MAX_DOCUMENT: u64 = 4 << 20;
/// The largest config that is read, in bytes: its short texts want many times their size
/// in memory.
pub(super) const MAX_CONFIG: u64 = 2 << 20;

/// A layout or an archive, open for reading.
///
/// Nothing in it is trusted: what is handed out was checked, or says so.
#[derive(Debug)]
pub struct Source {
    pub(super) reference: Reference,
    pub(super) store: Store,
    pub(super) entries: Vec<Entry>,
    /// The tag or name that the reference asks for.
    pub(super) wanted: Option<String>,
}

/// What a layout's `index.json` or a docker-archive's `manifest.json` lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The tag, or in a docker-archive the `name:tag`.
    pub name: Option<String>,
    /// Points at an index or a manifest; in a docker-archive at a manifest that
    /// was made of what is there.
    pub descriptor: Descriptor,
}

impl Source {
    /// All entries, in their order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What the reference asks for: the entry with its tag, or the only one.
    ///
    /// # Errors
    /// There is none, or there are several and the reference says not which.
    pub fn root(&self) -> Result<&Entry, ReadError> {
        self.find_root().map_err(|fault| self.error(fault))
    }

    /// The image that the reference asks for, all its documents checked, its layers
    /// in their places. An image of one platform without an index gets one.
    ///
    /// # Errors
    /// A document is missing, damaged or no part of an image, or a layer is missing.
    pub fn image(&self) -> Result<MultiPlatformImage, ReadError> {
        let image = self
            .find_root()
            .and_then(|root| self.load(&root.descriptor));
        image.map_err(|fault| self.error(fault))
    }

    /// The image that an entry points at, as [`Self::image`].
    ///
    /// # Errors
    /// As [`Self::image`].
    pub fn image_of(&self, entry: &Entry) -> Result<MultiPlatformImage, ReadError> {
        let image = self.load(&entry.descriptor);
        image.map_err(|fault| self.error(fault))
    }

    /// A document and its bytes, checked.
    ///
    /// # Errors
    /// The blob is missing, damaged, larger than [`MAX_DOCUMENT`] or no such document.
    pub fn read_json<T: DeserializeOwned>(
        &self,
        descriptor: &Descriptor,
    ) -> Result<(Vec<u8>, T), ReadError> {
        let document = self.document(descriptor, "the document", MAX_DOCUMENT);
        document.map_err(|fault| self.error(fault))
    }

    /// The content of a blob; its digest is checked by the time its end is reached.
    ///
    /// # Errors
    /// The blob is missing or has another size.
    pub fn open_blob(&self, descriptor: &Descriptor) -> Result<BlobReader, ReadError> {
        let blob = self.blob(descriptor);
        let reader = blob.and_then(|blob| BlobReader::open(&blob));
        reader.map_err(|fault| self.error(fault))
    }

    fn error(&self, fault: Fault) -> ReadError {
        ReadError {
            reference: self.reference.clone(),
            fault: Box::new(fault),
        }
    }

    fn find_root(&self) -> Result<&Entry, Fault> {
        let docker = matches!(
            self.reference,
            Reference::DockerArchive { .. } | Reference::DockerDaemon { .. }
        );
        if let Some(wanted) = &self.wanted {
            let same = |name: &String| {
                if docker {
                    familiar(name) == familiar(wanted)
                } else {
                    name == wanted
                }
            };
            let found = self
                .entries
                .iter()
                .find(|entry| entry.name.as_ref().is_some_and(same));
            return found.ok_or_else(|| Fault::NoSuchName {
                wanted: wanted.clone(),
                known: self.known(),
            });
        }
        let root = self.entries.first().ok_or(Fault::Empty)?;
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
        };
        Err(Fault::ManyImages {
            known: self.known(),
            example: format!("{example}:{}", named.unwrap_or("TAG")),
        })
    }

    /// What there is to ask for, in words; no more than a line.
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
            0 => "another place, for it holds no image".to_owned(),
            count if count > SHOWN => format!("{} and {} more", names.join(", "), count - SHOWN),
            _ => names.join(", "),
        }
    }

    /// The place of a blob that has the size that its descriptor says.
    pub(super) fn blob(&self, descriptor: &Descriptor) -> Result<Blob, Fault> {
        let (digest, claimed) = (descriptor.digest, descriptor.size);
        let (content, found) = self.store.find(digest)?.ok_or(Fault::MissingBlob(digest))?;
        if found != claimed {
            return Err(Fault::WrongSize {
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

    /// The bytes of a document, checked, and what they say; `kind` is what it is in words,
    /// `limit` what it may have in bytes.
    pub(super) fn document<T: DeserializeOwned>(
        &self,
        descriptor: &Descriptor,
        kind: &str,
        limit: u64,
    ) -> Result<(Vec<u8>, T), Fault> {
        let name = || format!("{kind} `{}`", descriptor.digest);
        if descriptor.size > limit {
            return Err(Fault::DocumentTooLarge {
                document: name(),
                size: descriptor.size,
                limit,
            });
        }
        let mut reader = BlobReader::open(&self.blob(descriptor)?)?;
        let mut bytes = Vec::new();
        let read = reader.read_to_end(&mut bytes);
        read.map_err(|error| Fault::of_blob(descriptor.digest, error))?;
        let parsed = json::parse(&bytes).map_err(|source| Fault::Malformed {
            document: name(),
            source,
        })?;
        Ok((bytes, parsed))
    }
}

/// The entries of a layout's `index.json`.
pub(super) fn entries(index: Index) -> Vec<Entry> {
    let entry = |descriptor: Descriptor| Entry {
        name: descriptor.annotations.get(REF_NAME).cloned(),
        descriptor,
    };
    index.manifests.into_iter().map(entry).collect()
}

/// A small document of a file that no digest names.
pub(super) fn small_document<T: DeserializeOwned>(
    reader: impl Read,
    name: &str,
) -> Result<(Vec<u8>, T), Fault> {
    let mut bytes = Vec::new();
    let read = reader.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes);
    read.map_err(|error| Fault::unreadable(name, error))?;
    if bytes.len() as u64 > MAX_DOCUMENT {
        return Err(Fault::DocumentTooLarge {
            document: format!("`{name}`"),
            size: bytes.len() as u64,
            limit: MAX_DOCUMENT,
        });
    }
    let parsed = json::parse(&bytes).map_err(|source| Fault::Malformed {
        document: format!("`{name}`"),
        source,
    })?;
    Ok((bytes, parsed))
}
