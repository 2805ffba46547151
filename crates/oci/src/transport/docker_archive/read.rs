//! Reads archives of `docker save`, dockerTools, podman and skopeo.

use std::collections::BTreeMap;
use std::io::Read;

use serde::de::DeserializeOwned;

use super::manifest::ManifestItem;
use crate::cancellation::Cancellation;
use crate::codec::Compression;
use crate::config::ImageConfig;
use crate::descriptor::Descriptor;
use crate::digest::Digest;
use crate::image::{Blob, Content, LayerBlob, PlatformImage};
use crate::media_type;
use crate::platform::Platform;
use crate::transport::archive::ArchiveIndex;
use crate::transport::blob_store::BlobStore;
use crate::transport::document::{MAX_CONFIG, read_document};
use crate::transport::error::ReadErrorKind;
use crate::transport::source::Entry;

/// The most images that an archive may have.
const MAX_IMAGES: usize = 256;
/// The most names of images that an archive may have.
const MAX_NAMES: usize = 1024;
/// The most bytes that all configs, and the manifests that are made for them, may have
/// together.
const MAX_DOCUMENTS: u64 = 16 << 20;

/// The archive as blobs and entries. A docker-archive has no manifests: they are made here,
/// of the layers as they stand in the archive.
pub(in crate::transport) fn read(
    tar: &ArchiveIndex,
    cancellation: &Cancellation,
) -> Result<(BlobStore, Vec<Entry>), ReadErrorKind> {
    if tar.find("manifest.json").is_err() && tar.find("oci-layout").is_ok() {
        return Err(ReadErrorKind::OtherTransport {
            missing: "manifest.json",
            transport: "oci-archive",
        });
    }
    let (_, items): (_, Vec<ManifestItem>) = document(tar, "manifest.json")?;
    let names = items.iter().filter_map(|item| item.repo_tags.as_ref());
    if items.len() > MAX_IMAGES || names.map(Vec::len).sum::<usize>() > MAX_NAMES {
        return Err(ReadErrorKind::TooManyImages(MAX_IMAGES));
    }
    let mut archive = Archive {
        tar,
        blobs: BTreeMap::new(),
        hashed: BTreeMap::new(),
        left: MAX_DOCUMENTS,
        cancellation,
    };
    let mut entries = Vec::new();
    for item in items {
        let descriptor = archive.image(&item)?;
        let names = item.repo_tags.unwrap_or_default();
        let mut names: Vec<_> = names.into_iter().map(Some).collect();
        if names.is_empty() {
            names.push(None);
        }
        entries.extend(names.into_iter().map(|name| Entry {
            name,
            descriptor: descriptor.clone(),
        }));
    }
    Ok((BlobStore::Archive(archive.blobs), entries))
}

struct Archive<'a> {
    tar: &'a ArchiveIndex,
    blobs: BTreeMap<Digest, (Content, u64)>,
    /// The digests of compressed layers, by where they start.
    hashed: BTreeMap<u64, Digest>,
    /// What the configs and manifests that follow may still have, in bytes.
    left: u64,
    cancellation: &'a Cancellation,
}

impl Archive<'_> {
    /// Takes in an image; points at a manifest that is made for it.
    fn image(&mut self, item: &ManifestItem) -> Result<Descriptor, ReadErrorKind> {
        let (bytes, config): (_, ImageConfig) = document(self.tar, &item.config)?;
        self.charge(bytes.len() as u64)?;
        let digest = Digest::of(&bytes);
        if let Some(claimed) = claimed_digest(&item.config).filter(|claimed| *claimed != digest) {
            return Err(ReadErrorKind::WrongDigest {
                digest: claimed,
                found: digest,
            });
        }
        let (names, diff_ids) = (
            item.layers.as_deref().unwrap_or_default(),
            &config.rootfs.diff_ids,
        );
        if names.len() != diff_ids.len() {
            return Err(ReadErrorKind::LayerCount {
                manifest: digest,
                layers: names.len(),
                diff_ids: diff_ids.len(),
            });
        }
        let mut layers = Vec::new();
        for (name, diff_id) in names.iter().zip(diff_ids) {
            layers.push(self.layer(name, *diff_id)?);
        }
        self.blobs
            .insert(digest, self.tar.part(self.tar.find(&item.config)?));
        let config_blob = Blob {
            descriptor: Descriptor::new(media_type::CONFIG, digest, bytes.len() as u64),
            content: Content::Bytes(Vec::new()),
        };
        let platform = Platform {
            architecture: config.architecture,
            os: config.os,
            os_version: None,
            variant: config.variant,
        };
        let image = PlatformImage::new(platform, config_blob, layers, BTreeMap::new());
        let Blob {
            descriptor,
            content,
        } = image.manifest;
        self.charge(descriptor.size)?;
        self.blobs
            .insert(descriptor.digest, (content, descriptor.size));
        Ok(Descriptor {
            platform: Some(image.platform),
            ..descriptor
        })
    }

    fn charge(&mut self, size: u64) -> Result<(), ReadErrorKind> {
        let too_large = ReadErrorKind::DocumentsTooLarge(MAX_DOCUMENTS);
        self.left = self.left.checked_sub(size).ok_or(too_large)?;
        Ok(())
    }

    /// A layer: without compression its digest is its diff ID, and is checked when it is
    /// read; else it is hashed here.
    fn layer(&mut self, name: &str, diff_id: Digest) -> Result<LayerBlob, ReadErrorKind> {
        let (start, size) = self.tar.find(name)?;
        let unreadable = |error| ReadErrorKind::unreadable(name, error);
        let mut first = Vec::new();
        let read = self.tar.open(name)?.take(6).read_to_end(&mut first);
        read.map_err(unreadable)?;
        let kind = match Compression::detect(&first) {
            Ok(Some(compression)) => compression.media_type(),
            Ok(None) | Err(_) => media_type::LAYER_TAR,
        };
        let digest = match self.hashed.get(&start) {
            _ if kind == media_type::LAYER_TAR => diff_id,
            Some(digest) => *digest,
            None => {
                let content = self.cancellation.reader(self.tar.open(name)?);
                let (digest, _) = Digest::of_reader(content).map_err(unreadable)?;
                self.hashed.insert(start, digest);
                digest
            }
        };
        let (content, size) = self.tar.part((start, size));
        self.blobs.insert(digest, (content.clone(), size));
        Ok(LayerBlob {
            blob: Blob {
                descriptor: Descriptor::new(kind, digest, size),
                content,
            },
            diff_id,
        })
    }
}

/// A config or `manifest.json`.
fn document<T: DeserializeOwned>(
    tar: &ArchiveIndex,
    name: &str,
) -> Result<(Vec<u8>, T), ReadErrorKind> {
    let (_, size) = tar.find(name)?;
    if size > MAX_CONFIG {
        return Err(ReadErrorKind::DocumentTooLarge {
            document: format!("`{}`", name.escape_debug()),
            size,
            limit: MAX_CONFIG,
        });
    }
    read_document(tar.open(name)?, name)
}

/// The digest that the name of a config claims: `<hex>.json` or `blobs/sha256/<hex>`.
fn claimed_digest(name: &str) -> Option<Digest> {
    let last = name.rsplit_once('/').map_or(name, |(_, last)| last);
    let hex = last.strip_suffix(".json").unwrap_or(last);
    format!("sha256:{hex}").parse().ok()
}
