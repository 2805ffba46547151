//! Resolves an entry to a whole image: follows descriptors from index to manifests, configs
//! and layers.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::document::{MAX_CONFIG, MAX_DOCUMENT};
use super::error::{ReadError, ReadErrorKind};
use super::source::{Entry, Source};
use crate::annotation;
use crate::config::ImageConfig;
use crate::descriptor::Descriptor;
use crate::digest::Digest;
use crate::image::{Attestation, Blob, Content, LayerBlob, MultiPlatformImage, PlatformImage};
use crate::index::Index;
use crate::manifest::Manifest;
use crate::media_type;
use crate::platform::Platform;

/// The deepest nesting of indexes that is read.
pub(super) const MAX_DEPTH: usize = 4;
/// The most bytes that all documents of one image may have together.
const MAX_DOCUMENTS: u64 = 8 << 20;
/// What a smaller document counts for, in bytes: what is held for each.
const MIN_DOCUMENT: u64 = 1 << 10;

/// Reads the documents of one image, bounded.
struct Resolver<'a> {
    source: &'a Source,
    /// The bytes of documents that may still be read.
    left: u64,
    platforms: Vec<PlatformImage>,
    attestations: Vec<Attestation>,
}

impl Source {
    /// The image that the reference names: its documents are verified, its layers are found but
    /// not read. An image without an index gets one.
    ///
    /// # Errors
    /// A document is missing, damaged or not part of an image, or a layer is missing.
    pub fn image(&self) -> Result<MultiPlatformImage, ReadError> {
        let image = self
            .find_root()
            .and_then(|root| self.resolve(&root.descriptor));
        image.map_err(|kind| self.error(kind))
    }

    /// The image that the reference names, with the digest that it has there: as [`Self::image`],
    /// but an image without an index stays without one. Of Docker's transports, which have no
    /// manifests, one that was made from its config. An entry with the digest `wanted` comes first.
    ///
    /// # Errors
    /// As [`Self::image`]; and where its index has indexes in it.
    pub fn image_with_its_digest(
        &self,
        wanted: Option<Digest>,
    ) -> Result<MultiPlatformImage, ReadError> {
        let wanted = |entry: &&Entry| Some(entry.descriptor.digest) == wanted;
        let root = match self.entries().iter().find(wanted) {
            Some(entry) => Ok(entry),
            None => self.find_root(),
        };
        let image = root.and_then(|root| {
            let mut image = self.resolve(&root.descriptor)?;
            if image.index.descriptor.digest != root.descriptor.digest {
                let only = image.platforms.first().map(|image| image.manifest.clone());
                let only = only.filter(|only| only.descriptor.digest == root.descriptor.digest);
                image.index = only.ok_or(ReadErrorKind::NestedIndex(root.descriptor.digest))?;
            }
            Ok(image)
        });
        image.map_err(|kind| self.error(kind))
    }

    /// The image that an entry points at, as [`Self::image`].
    ///
    /// # Errors
    /// As [`Self::image`].
    pub fn image_of(&self, entry: &Entry) -> Result<MultiPlatformImage, ReadError> {
        let image = self.resolve(&entry.descriptor);
        image.map_err(|kind| self.error(kind))
    }

    /// The image below an index or a manifest.
    pub(super) fn resolve(&self, root: &Descriptor) -> Result<MultiPlatformImage, ReadErrorKind> {
        let mut resolver = Resolver {
            source: self,
            left: MAX_DOCUMENTS,
            platforms: Vec::new(),
            attestations: Vec::new(),
        };
        let index = resolver.descend(root, 0)?;
        let (platforms, attestations) = (resolver.platforms, resolver.attestations);
        if platforms.is_empty() {
            return Err(ReadErrorKind::Empty);
        }
        Ok(match index {
            Some(index) => MultiPlatformImage {
                index,
                platforms,
                attestations,
            },
            None => MultiPlatformImage::with_attestations(platforms, attestations, BTreeMap::new()),
        })
    }
}

impl Resolver<'_> {
    /// Collects the images and attestations below a descriptor. Gives the index if all of them
    /// are its direct entries.
    fn descend(
        &mut self,
        descriptor: &Descriptor,
        depth: usize,
    ) -> Result<Option<Blob>, ReadErrorKind> {
        if depth > MAX_DEPTH {
            return Err(ReadErrorKind::TooDeep(MAX_DEPTH));
        }
        if !media_type::is_index(&descriptor.media_type) {
            let image = self.platform_image(descriptor)?;
            self.platforms.push(image);
            return Ok(None);
        }
        let (bytes, index): (_, Index) = self.document(descriptor, "the index", MAX_DOCUMENT)?;
        check_media_type(descriptor, index.media_type.as_ref())?;
        let mut flat = true;
        for below in &index.manifests {
            flat &= !media_type::is_index(&below.media_type);
            match subject_of(below) {
                Some(subject) => {
                    let attestation = self.attestation(below, subject)?;
                    self.attestations.push(attestation);
                }
                None => {
                    self.descend(below, depth + 1)?;
                }
            }
        }
        if !flat {
            return Ok(None);
        }
        Ok(Some(Blob {
            descriptor: unannotated(descriptor),
            content: Content::Bytes(bytes),
        }))
    }

    fn platform_image(&mut self, descriptor: &Descriptor) -> Result<PlatformImage, ReadErrorKind> {
        let no_image = |media_type: &str| ReadErrorKind::NotAnImage {
            digest: descriptor.digest,
            media_type: media_type.to_owned(),
        };
        if !media_type::is_manifest(&descriptor.media_type) {
            return Err(no_image(&descriptor.media_type));
        }
        let (bytes, manifest): (_, Manifest) =
            self.document(descriptor, "the manifest", MAX_DOCUMENT)?;
        check_media_type(descriptor, manifest.media_type.as_ref())?;
        if !matches!(
            manifest.config.media_type.as_str(),
            media_type::CONFIG | media_type::DOCKER_CONFIG
        ) {
            return Err(no_image(&manifest.config.media_type));
        }
        let (config_bytes, config): (_, ImageConfig) =
            self.document(&manifest.config, "the config", MAX_CONFIG)?;
        let (layers, diff_ids) = (manifest.layers, config.rootfs.diff_ids);
        if layers.len() != diff_ids.len() {
            return Err(ReadErrorKind::LayerCount {
                manifest: descriptor.digest,
                layers: layers.len(),
                diff_ids: diff_ids.len(),
            });
        }
        let layer = |(layer, diff_id): (Descriptor, _)| {
            let blob = self.source.blob(&layer)?;
            Ok(LayerBlob { blob, diff_id })
        };
        let layers: Result<Vec<_>, ReadErrorKind> =
            layers.into_iter().zip(diff_ids).map(layer).collect();
        let platform = descriptor.platform.clone().unwrap_or(Platform {
            architecture: config.architecture,
            os: config.os,
            os_version: None,
            variant: config.variant,
        });
        Ok(PlatformImage {
            platform,
            manifest: Blob {
                descriptor: unannotated(descriptor),
                content: Content::Bytes(bytes),
            },
            config: Blob {
                descriptor: manifest.config,
                content: Content::Bytes(config_bytes),
            },
            layers: layers?,
        })
    }

    /// The attestation that an entry of an index points at.
    fn attestation(
        &mut self,
        entry: &Descriptor,
        subject: Digest,
    ) -> Result<Attestation, ReadErrorKind> {
        let (bytes, manifest): (_, Manifest) =
            self.document(entry, "the manifest", MAX_DOCUMENT)?;
        check_media_type(entry, manifest.media_type.as_ref())?;
        let statements = manifest.layers.iter();
        let statements: Result<Vec<Blob>, _> =
            statements.map(|layer| self.source.blob(layer)).collect();
        Ok(Attestation {
            entry: entry.clone(),
            subject,
            manifest: Blob {
                descriptor: unannotated(entry),
                content: Content::Bytes(bytes),
            },
            config: self.source.blob(&manifest.config)?,
            statements: statements?,
        })
    }

    /// Reads a document, if the limit for all of them allows it.
    fn document<T: DeserializeOwned>(
        &mut self,
        descriptor: &Descriptor,
        kind: &str,
        limit: u64,
    ) -> Result<(Vec<u8>, T), ReadErrorKind> {
        // A document that is too large by itself gets an error that names it.
        if descriptor.size <= limit {
            let too_large = ReadErrorKind::DocumentsTooLarge(MAX_DOCUMENTS);
            let counts = descriptor.size.max(MIN_DOCUMENT);
            self.left = self.left.checked_sub(counts).ok_or(too_large)?;
        }
        self.source.document(descriptor, kind, limit)
    }
}

/// The manifest that an entry of an index is about, if the entry is an attestation.
fn subject_of(entry: &Descriptor) -> Option<Digest> {
    let annotation = |key| entry.annotations.get(key).map(String::as_str);
    let is_attestation = media_type::is_manifest(&entry.media_type)
        && annotation(annotation::REFERENCE_TYPE) == Some(annotation::ATTESTATION_MANIFEST);
    if !is_attestation {
        return None;
    }
    annotation(annotation::REFERENCE_DIGEST)?.parse().ok()
}

/// Refuses a document whose own media type is not that of its descriptor: two readers
/// could take it for two things.
fn check_media_type(descriptor: &Descriptor, found: Option<&String>) -> Result<(), ReadErrorKind> {
    match found {
        Some(found) if *found != descriptor.media_type => Err(ReadErrorKind::WrongMediaType {
            digest: descriptor.digest,
            claimed: descriptor.media_type.clone(),
            found: found.clone(),
        }),
        _ => Ok(()),
    }
}

/// The descriptor without annotations and platform.
fn unannotated(descriptor: &Descriptor) -> Descriptor {
    Descriptor::new(&descriptor.media_type, descriptor.digest, descriptor.size)
}
