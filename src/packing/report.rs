//! The parts of reports that describe packed images.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::elf::ElfFacts;
use crate::platform::TargetPlatform;
use muslin_oci::digest::Digest;
use muslin_oci::image::MultiPlatformImage;

/// The image of one platform.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PackedPlatform {
    /// The platform of the image.
    pub platform: TargetPlatform,
    /// The digest of its manifest.
    pub manifest: Digest,
    /// The digest of its config: what Docker calls the image's ID.
    pub config: Digest,
    /// Its executables.
    pub executables: Vec<PackedExecutable>,
    /// Its layers, from the bottom up.
    pub layers: Vec<PackedLayer>,
    /// The compressed size of all layers, in bytes.
    pub compressed_size: u64,
}

/// An executable in an image.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PackedExecutable {
    /// Its path in the image.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    /// Facts from its ELF headers.
    pub elf: ElfFacts,
}

/// A layer of an image.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PackedLayer {
    /// What created it, as in the history of the config.
    pub created_by: &'static str,
    /// The digest of the blob.
    pub digest: Digest,
    /// The digest of the uncompressed tar.
    pub diff_id: Digest,
    /// The size of the blob in bytes.
    pub size: u64,
    /// Whether the blob came from the cache.
    pub cached: bool,
}

/// A packed image and its report.
#[derive(Debug)]
pub struct Packed {
    /// The image. The blobs of its layers are in the cache.
    pub image: MultiPlatformImage,
    /// One for each platform.
    pub platforms: Vec<PackedPlatform>,
    /// How long it took.
    pub took: Duration,
}
