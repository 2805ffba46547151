//! `muslin index`: images of single platforms to one image with an index.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Write};
use std::num::NonZeroUsize;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::image::compress::{self, Compression};
use crate::image::config::ImageConfig;
use crate::image::copy::copy;
use crate::image::descriptor::Descriptor;
use crate::image::digest::{Digest, HashingWriter};
use crate::image::manifest::Manifest;
use crate::image::media_type;
use crate::image::multi_platform::{Blob, Content, LayerBlob, MultiPlatformImage, PlatformImage};
use crate::image::reference::Reference;
use crate::transport::{self, BlobReader, Fault, Machine, ReadError, WriteError};

/// Labels that are annotations, too (image-spec 1.1, annotations.md).
const OCI_PREFIX: &str = "org.opencontainers.image.";

/// What to join.
#[derive(Clone, Debug)]
pub struct IndexRequest {
    /// Images of one platform or several; no platform twice.
    pub sources: Vec<Reference>,
    /// Where the joined image goes.
    pub destination: Reference,
    /// Tags of the entries, `latest` where there are none.
    pub tags: Vec<String>,
    /// How many threads compress a layer; the bytes do not depend on it.
    pub threads: NonZeroUsize,
    /// What of this machine reading and writing needs.
    pub machine: Machine,
}

/// What was joined.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "mcp", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct IndexReport {
    /// The digest of the index.
    pub digest: Digest,
    /// The image by digest.
    pub reference: String,
    /// In the order of the index.
    pub platforms: Vec<JoinedPlatform>,
}

/// The image of one platform in the index.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "mcp", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct JoinedPlatform {
    /// What it runs on.
    pub platform: String,
    /// Where it was read from.
    pub source: Reference,
    /// The digest of its manifest.
    pub manifest: Digest,
    /// The digest of its config: the one that it had.
    pub config: Digest,
    /// How many layers it has.
    pub layers: usize,
    /// The size of all layers as they are stored and sent, in bytes.
    pub compressed_size: u64,
}

/// Why images could not be joined.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// A source cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The destination cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Two sources are for one platform.
    #[error("`{first}` and `{second}` are both for `{platform}`; an index has each platform once")]
    SamePlatform {
        /// The platform.
        platform: String,
        /// The one source.
        first: Reference,
        /// The other.
        second: Reference,
    },
    /// A layer cannot be read or compressed.
    #[error("cannot compress a layer of `{source_image}`")]
    Layer {
        /// The image.
        source_image: Reference,
        /// Why.
        source: io::Error,
    },
    /// A blob of a source cannot be opened.
    #[error("cannot read a layer of `{source_image}`")]
    Blob {
        /// The image.
        source_image: Reference,
        /// Why.
        source: Fault,
    },
    /// A layer is not what its config says.
    #[error(
        "a layer of `{source_image}` is `{found}`, and its config says `{wanted}`; the image is damaged"
    )]
    DiffId {
        /// The image.
        source_image: Reference,
        /// What the layer is.
        found: Digest,
        /// What the config says.
        wanted: Digest,
    },
    /// There is no room for what is compressed.
    #[error("cannot write to `{path}`")]
    Scratch {
        /// The folder for temporary files.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Joins images under an index that holds exactly them. Configs stay the same
/// bytes; layers that are not compressed yet are.
///
/// # Errors
/// What [`IndexError`] says; the destination is what it was then.
pub fn index(request: &IndexRequest) -> Result<IndexReport, IndexError> {
    let folder = &request.machine.temporary;
    let scratch = tempfile::Builder::new()
        .prefix("muslin-index-")
        .tempdir_in(folder);
    let scratch = scratch.map_err(|source| IndexError::Scratch {
        path: folder.clone(),
        source,
    })?;
    let scratch = Utf8Path::from_path(scratch.path()).unwrap_or(folder);

    let mut joined: BTreeMap<String, (Reference, PlatformImage)> = BTreeMap::new();
    // Sources stay open: their blobs are read while the destination is written.
    let mut opened = Vec::new();
    for reference in &request.sources {
        let source = transport::open(reference, &request.machine)?;
        for image in source.image()?.platforms {
            let joiner = Joiner {
                reference,
                scratch,
                threads: request.threads,
            };
            let platform = image.platform.to_string();
            let image = joiner.compressed(image)?;
            if let Some((first, _)) = joined.insert(platform.clone(), (reference.clone(), image)) {
                return Err(IndexError::SamePlatform {
                    platform,
                    first,
                    second: reference.clone(),
                });
            }
        }
        opened.push(source);
    }

    let platforms: Vec<PlatformImage> = joined.values().map(|(_, image)| image.clone()).collect();
    let annotations = common_annotations(&platforms);
    let image = MultiPlatformImage::new(platforms, annotations);
    let written = transport::write(
        &request.destination,
        &image,
        "image",
        &request.tags,
        &request.machine,
    )?;
    Ok(IndexReport {
        digest: image.index.descriptor.digest,
        reference: written.by_digest(),
        platforms: joined
            .into_iter()
            .map(|(platform, (source, image))| JoinedPlatform {
                platform,
                source,
                manifest: image.manifest.descriptor.digest,
                config: image.config.descriptor.digest,
                layers: image.layers.len(),
                compressed_size: image.compressed_size(),
            })
            .collect(),
    })
}

/// Compresses what is not compressed of one image.
struct Joiner<'a> {
    reference: &'a Reference,
    scratch: &'a Utf8Path,
    threads: NonZeroUsize,
}

impl Joiner<'_> {
    fn compressed(&self, image: PlatformImage) -> Result<PlatformImage, IndexError> {
        let plain = |layer: &LayerBlob| {
            let media_type = layer.blob.descriptor.media_type.as_str();
            matches!(
                media_type,
                media_type::LAYER_TAR | media_type::DOCKER_LAYER_TAR
            )
        };
        if !image.layers.iter().any(plain) {
            return Ok(image);
        }
        let layers: Result<Vec<LayerBlob>, IndexError> = image
            .layers
            .iter()
            .map(|layer| {
                if plain(layer) {
                    self.compress(layer)
                } else {
                    Ok(layer.clone())
                }
            })
            .collect();
        // An archive has no annotations: they are what its labels say.
        let annotations = manifest_annotations(&image).filter(|found| !found.is_empty());
        let annotations = annotations.unwrap_or_else(|| labels_as_annotations(&image));
        let config = Blob {
            descriptor: Descriptor {
                media_type: media_type::CONFIG.to_owned(),
                ..image.config.descriptor
            },
            content: image.config.content,
        };
        Ok(PlatformImage::new(
            image.platform,
            config,
            layers?,
            annotations,
        ))
    }

    fn compress(&self, layer: &LayerBlob) -> Result<LayerBlob, IndexError> {
        let broken = |source| IndexError::Layer {
            source_image: self.reference.clone(),
            source,
        };
        let mut tar = BlobReader::open(&layer.blob).map_err(|source| IndexError::Blob {
            source_image: self.reference.clone(),
            source,
        })?;
        let path = self.scratch.join(layer.diff_id.hex());
        let file = File::create(&path).map_err(|source| IndexError::Scratch {
            path: path.clone(),
            source,
        })?;
        let mut found = None;
        let produce = |out: &mut dyn Write| {
            let mut hasher = HashingWriter::new(out);
            copy(&mut tar, &mut hasher)?;
            found = Some(hasher.finish().1);
            Ok(())
        };
        let out = compress::compress(
            Compression::Gzip,
            self.threads,
            produce,
            HashingWriter::new(file),
        );
        let (_, digest, size) = out.map_err(broken)?.finish();
        let found = found.expect("what was compressed was hashed");
        if found != layer.diff_id {
            return Err(IndexError::DiffId {
                source_image: self.reference.clone(),
                found,
                wanted: layer.diff_id,
            });
        }
        Ok(LayerBlob {
            blob: Blob {
                descriptor: Descriptor::new(media_type::LAYER_GZIP, digest, size),
                content: Content::File(path),
            },
            diff_id: layer.diff_id,
        })
    }
}

fn manifest_annotations(image: &PlatformImage) -> Option<BTreeMap<String, String>> {
    let Content::Bytes(bytes) = &image.manifest.content else {
        return None;
    };
    let manifest: Manifest = serde_json::from_slice(bytes).ok()?;
    Some(manifest.annotations)
}

fn labels_as_annotations(image: &PlatformImage) -> BTreeMap<String, String> {
    let Content::Bytes(bytes) = &image.config.content else {
        return BTreeMap::new();
    };
    let config: Option<ImageConfig> = serde_json::from_slice(bytes).ok();
    let labels = config
        .and_then(|config| config.config.labels)
        .unwrap_or_default();
    labels
        .into_iter()
        .filter(|(key, _)| key.starts_with(OCI_PREFIX))
        .collect()
}

/// What all manifests say alike.
fn common_annotations(platforms: &[PlatformImage]) -> BTreeMap<String, String> {
    let sets = platforms.iter().map(|image| -> BTreeSet<(String, String)> {
        manifest_annotations(image)
            .unwrap_or_default()
            .into_iter()
            .collect()
    });
    let common = sets.reduce(|one, two| one.intersection(&two).cloned().collect());
    common.unwrap_or_default().into_iter().collect()
}
