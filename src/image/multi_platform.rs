//! A whole image: an index and the image of each platform, with the places of
//! their bytes.

use camino::Utf8PathBuf;

use super::descriptor::{Descriptor, PlatformSpec};
use super::digest::Digest;

/// An index and the images that it lists.
#[derive(Clone, Debug)]
pub struct MultiPlatformImage {
    /// The index, JSON.
    pub index: Blob,
    /// In the order of the index.
    pub platforms: Vec<PlatformImage>,
}

/// The image of one platform.
#[derive(Clone, Debug)]
pub struct PlatformImage {
    /// What it runs on.
    pub platform: PlatformSpec,
    /// The manifest, JSON.
    pub manifest: Blob,
    /// The config, JSON.
    pub config: Blob,
    /// From the bottom up.
    pub layers: Vec<LayerBlob>,
}

/// A layer as it is stored, and the digest of its tar.
#[derive(Clone, Debug)]
pub struct LayerBlob {
    /// The layer, compressed or not, as its media type says.
    pub blob: Blob,
    /// The digest of the uncompressed tar.
    pub diff_id: Digest,
}

/// Content and what points at it.
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
}

impl Blob {
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
    /// Every blob once, those that others point at before those that point:
    /// layers, configs, manifests, the index.
    pub fn blobs(&self) -> impl Iterator<Item = &Blob> {
        let mut seen = std::collections::BTreeSet::new();
        let layers = self
            .platforms
            .iter()
            .flat_map(|image| image.layers.iter().map(|l| &l.blob));
        let configs = self.platforms.iter().map(|image| &image.config);
        let manifests = self.platforms.iter().map(|image| &image.manifest);
        layers
            .chain(configs)
            .chain(manifests)
            .chain(std::iter::once(&self.index))
            .filter(move |blob| seen.insert(blob.descriptor.digest))
    }
}
