//! What is reported of an inspected image.

use std::sync::Arc;

use muslin_oci::config::Execution;
use muslin_oci::digest::Digest;
use muslin_oci::tar::{TarEntry, TarKind};
use muslin_oci::transport::reference::Reference;
use schemars::JsonSchema;
use serde::Serialize;

use crate::elf::ElfFacts;

/// The content of an image.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct InspectReport {
    /// The reference that was inspected.
    pub reference: Reference,
    /// The digest of the index.
    pub digest: Digest,
    /// Whether layers were read: else their files, executables and uncompressed sizes are unknown
    /// and their digests not verified.
    pub layers_read: bool,
    /// In the order of the index.
    pub platforms: Vec<InspectedPlatform>,
    /// Statements about manifests that are not in the index.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_attestations: Vec<InspectedStatement>,
}

/// The content of the image of one platform.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct InspectedPlatform {
    /// The platform of the image.
    pub platform: String,
    /// The digest of its manifest.
    pub manifest: Digest,
    /// The digest of its config: what Docker calls the image's ID.
    pub config: Digest,
    /// The creation time in its config, RFC 3339.
    pub created: Option<String>,
    /// Execution parameters, with the field names of the specification (config.md, `config`).
    pub execution: Execution,
    /// From the bottom up.
    pub layers: Vec<InspectedLayer>,
    /// The executables in its layers.
    pub executables: Vec<InspectedExecutable>,
    /// The compressed size of all layers, in bytes.
    pub compressed_size: u64,
    /// Statements about it, such as its SBOM and its provenance.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<InspectedStatement>,
}

/// An in-toto statement about the image of a platform, as `docker buildx` attaches them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct InspectedStatement {
    /// What it is: the URI of its predicate type, such as `https://spdx.dev/Document`.
    pub predicate_type: Option<String>,
    /// The media type of the blob.
    pub media_type: String,
    /// The digest of the blob.
    pub digest: Digest,
    /// The size of the blob in bytes.
    pub size: u64,
}

/// A layer and its files.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct InspectedLayer {
    /// The digest of the blob.
    pub digest: Digest,
    /// The media type of the blob.
    pub media_type: String,
    /// The size of the blob in bytes.
    pub size: u64,
    /// The digest of the uncompressed tar.
    pub diff_id: Digest,
    /// The size of the uncompressed tar in bytes, if the layer was read.
    pub uncompressed_size: Option<u64>,
    /// What created it, from the history of the config.
    pub created_by: Option<String>,
    /// In the order of the tar.
    pub files: Arc<Vec<InspectedFile>>,
}

/// A file, folder or link of a layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct InspectedFile {
    /// Its path as it is in the tar.
    pub path: String,
    /// `file`, `directory`, `symlink`, `hard-link` or `special`.
    pub kind: &'static str,
    /// The target of a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Permission bits.
    pub mode: u32,
    /// The owner's number.
    pub uid: u64,
    /// The group's number.
    pub gid: u64,
    /// Length in bytes.
    pub size: u64,
}

/// An ELF executable in a layer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct InspectedExecutable {
    /// Its path in the image.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    /// Whether it is static: it needs neither a program interpreter nor shared libraries.
    pub is_static: bool,
    /// Facts from its ELF headers.
    pub elf: ElfFacts,
}

impl From<TarEntry> for InspectedFile {
    fn from(entry: TarEntry) -> Self {
        let (kind, target) = match entry.kind {
            TarKind::File => ("file", None),
            TarKind::Directory => ("directory", None),
            TarKind::Symlink { target } => ("symlink", Some(target)),
            TarKind::HardLink { target } => ("hard-link", Some(target)),
            TarKind::Special(_) => ("special", None),
        };
        Self {
            path: entry.path,
            kind,
            target,
            mode: entry.mode,
            uid: entry.uid,
            gid: entry.gid,
            size: entry.size,
        }
    }
}
