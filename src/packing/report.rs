//! What was packed, as reports say it.

use std::time::Duration;

use serde::Serialize;

use crate::elf::ElfFacts;
use crate::platform::TargetPlatform;
use muslin_oci::digest::Digest;
use muslin_oci::image::MultiPlatformImage;

/// What one platform's image is made of.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "mcp", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct PackedPlatform {
    /// What it runs on.
    pub platform: TargetPlatform,
    /// The digest of its manifest.
    pub manifest: Digest,
    /// The digest of its config: what Docker calls the image's ID.
    pub config: Digest,
    /// Its programs.
    pub executables: Vec<PackedExecutable>,
    /// Its layers, from the bottom up.
    pub layers: Vec<PackedLayer>,
    /// The size of all layers as they are stored and sent, in bytes.
    pub compressed_size: u64,
}

/// A program in an image.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "mcp", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct PackedExecutable {
    /// Where it stands in the image.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    /// What its headers say.
    pub elf: ElfFacts,
}

/// A layer of an image.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "mcp", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct PackedLayer {
    /// What made it.
    pub created_by: &'static str,
    /// The digest of the blob.
    pub digest: Digest,
    /// The digest of the uncompressed tar.
    pub diff_id: Digest,
    /// The size of the blob in bytes.
    pub size: u64,
    /// Whether the blob was made before and came from the cache.
    pub cached: bool,
}

/// An image in the making, and what it is made of.
#[derive(Debug)]
pub struct Packed {
    /// The image; its layers are in the cache.
    pub image: MultiPlatformImage,
    /// One for each platform.
    pub platforms: Vec<PackedPlatform>,
    /// How long it took.
    pub took: Duration,
}
