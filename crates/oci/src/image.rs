//! A whole image in memory: the index, manifest, config and layers of each platform, and
//! attestations about these, each with the place of its bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::sync::Arc;

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::descriptor::Descriptor;
use crate::digest::Digest;
use crate::folder::Folder;
use crate::index::Index;
use crate::manifest::Manifest;
use crate::media_type;
use crate::platform::Platform;
use crate::remote::RemoteRepository;

/// An index and the images that it lists.
#[derive(Clone, Debug)]
pub struct MultiPlatformImage {
    /// The index, JSON; the manifest of an image that stays without one.
    pub index: Blob,
    /// In the order of the index.
    pub platforms: Vec<PlatformImage>,
    /// In the order of the index.
    pub attestations: Vec<Attestation>,
}

/// The image of one platform.
#[derive(Clone, Debug)]
pub struct PlatformImage {
    /// The platform that the image runs on.
    pub platform: Platform,
    /// The manifest, JSON.
    pub manifest: Blob,
    /// The config, JSON.
    pub config: Blob,
    /// From the bottom up.
    pub layers: Vec<LayerBlob>,
}

/// Statements about the image of a platform, such as its SBOM and its provenance, as
/// `docker buildx` puts them into an index: a manifest whose layers are in-toto statements.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// Its entry in the index, with annotations.
    pub entry: Descriptor,
    /// The digest of the image's manifest.
    pub subject: Digest,
    /// The manifest, JSON.
    pub manifest: Blob,
    /// The config, JSON.
    pub config: Blob,
    /// in-toto statements, with the annotations that the manifest gives them.
    pub statements: Vec<Blob>,
}

/// A layer: its blob, and the digest of its uncompressed tar.
#[derive(Clone, Debug)]
pub struct LayerBlob {
    /// The layer, compressed or not, as its media type says.
    pub blob: Blob,
    /// The digest of the uncompressed tar.
    pub diff_id: Digest,
}

/// A blob: its descriptor and the place of its content.
#[derive(Clone, Debug)]
pub struct Blob {
    /// Type, digest and size of the content.
    pub descriptor: Descriptor,
    /// Where the content is.
    pub content: Content,
}

/// Where the bytes of a blob are.
#[derive(Clone, Debug)]
pub enum Content {
    /// In memory: JSON documents.
    Bytes(Vec<u8>),
    /// The whole of a file: layers. Whoever reads it checks the digest.
    File(Utf8PathBuf),
    /// The whole of a file of an image layout. Whoever reads it checks the digest.
    InFolder {
        /// The folder of blobs.
        folder: Folder,
        /// The file's name.
        name: String,
    },
    /// A part of an open file: an entry of an archive. Whoever reads it checks the digest.
    Part {
        /// The archive.
        file: Arc<File>,
        /// Where the part starts, in bytes from the start of the file.
        start: u64,
        /// The length of the part in bytes.
        size: u64,
    },
    /// The whole of a blob in a registry. Whoever reads it checks the digest.
    Remote(Arc<dyn RemoteRepository>),
}

impl PlatformImage {
    /// Joins a config and layers under a manifest (manifest.md).
    #[must_use]
    pub fn new(
        platform: Platform,
        config: Blob,
        layers: Vec<LayerBlob>,
        annotations: BTreeMap<String, String>,
    ) -> Self {
        let manifest = Manifest {
            schema_version: 2,
            media_type: Some(media_type::MANIFEST.to_owned()),
            config: config.descriptor.clone(),
            layers: layers
                .iter()
                .map(|layer| layer.blob.descriptor.clone())
                .collect(),
            annotations,
        };
        Self {
            platform,
            manifest: Blob::json(media_type::MANIFEST, &manifest),
            config,
            layers,
        }
    }

    /// The compressed size of all layers, in bytes.
    #[must_use]
    pub fn compressed_size(&self) -> u64 {
        self.layers
            .iter()
            .map(|layer| layer.blob.descriptor.size)
            .sum()
    }
}

impl Blob {
    /// A document as compact JSON, its fields and keys in their order.
    ///
    /// # Panics
    /// The document has keys that are not strings, which OCI documents never have.
    #[must_use]
    pub fn json(media_type: &str, document: &impl Serialize) -> Self {
        let bytes = serde_json::to_vec(document).expect("OCI documents have string keys alone");
        Self::of(media_type, bytes)
    }

    /// A blob in memory and its descriptor.
    #[must_use]
    pub fn of(media_type: &str, bytes: Vec<u8>) -> Self {
        Self {
            descriptor: Descriptor::of(media_type, &bytes),
            content: Content::Bytes(bytes),
        }
    }
}

impl MultiPlatformImage {
    /// Joins images under an index that lists them and nothing else (image-index.md).
    #[must_use]
    pub fn new(platforms: Vec<PlatformImage>, annotations: BTreeMap<String, String>) -> Self {
        Self::with_attestations(platforms, Vec::new(), annotations)
    }

    /// Joins images and attestations about them under an index that lists these and nothing
    /// else.
    #[must_use]
    pub fn with_attestations(
        platforms: Vec<PlatformImage>,
        attestations: Vec<Attestation>,
        annotations: BTreeMap<String, String>,
    ) -> Self {
        let entry = |image: &PlatformImage| Descriptor {
            platform: Some(image.platform.clone()),
            ..image.manifest.descriptor.clone()
        };
        let index = Index {
            schema_version: 2,
            media_type: Some(media_type::INDEX.to_owned()),
            manifests: platforms
                .iter()
                .map(entry)
                .chain(attestations.iter().map(|one| one.entry.clone()))
                .collect(),
            annotations,
        };
        Self {
            index: Blob::json(media_type::INDEX, &index),
            platforms,
            attestations,
        }
    }

    /// Every blob once, in the order in which they can be written: layers, configs,
    /// manifests, attestations, the index.
    pub fn blobs(&self) -> impl Iterator<Item = &Blob> {
        let mut seen = BTreeSet::new();
        let layers = self
            .platforms
            .iter()
            .flat_map(|image| image.layers.iter().map(|l| &l.blob));
        let configs = self.platforms.iter().map(|image| &image.config);
        let manifests = self.platforms.iter().map(|image| &image.manifest);
        let attestations = self.attestations.iter().flat_map(|attestation| {
            let statements = attestation.statements.iter();
            statements.chain([&attestation.config, &attestation.manifest])
        });
        layers
            .chain(configs)
            .chain(manifests)
            .chain(attestations)
            .chain(std::iter::once(&self.index))
            .filter(move |blob| seen.insert(blob.descriptor.digest))
    }
}
