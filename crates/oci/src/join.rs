//! Joins images of single platforms into one image with an index.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write};
use std::num::NonZeroUsize;
use std::sync::Arc;

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::annotation;
use crate::codec::{Compression, compress};
use crate::config::ImageConfig;
use crate::descriptor::Descriptor;
use crate::digest::{Digest, HashingWriter};
use crate::image::{Attestation, Blob, Content, LayerBlob, MultiPlatformImage, PlatformImage};
use crate::manifest::Manifest;
use crate::media_type;
use crate::transport::{
    self, CopyError, Host, LayerReader, ReadError, Reference, WriteError, copy_blob,
};

/// What to join.
#[derive(Clone, Debug)]
pub struct JoinRequest {
    /// Images of one platform or several; no two for the same platform.
    pub sources: Vec<Reference>,
    /// Where the joined image goes.
    pub destination: Reference,
    /// Tags of the entries, `latest` where there are none.
    pub tags: Vec<String>,
    /// The number of threads that compress a layer. The bytes do not depend on it.
    pub threads: NonZeroUsize,
    /// The host that images are read and written on.
    pub host: Host,
}

/// What was joined.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct JoinReport {
    /// The digest of the index.
    pub digest: Digest,
    /// The image by digest.
    pub reference: String,
    /// In the order of the index.
    pub platforms: Vec<JoinedPlatform>,
    /// How many blobs and manifests were written.
    pub written: usize,
    /// How many were there already.
    pub kept: usize,
}

/// The image of one platform in the index.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct JoinedPlatform {
    /// The platform, such as `linux/amd64`.
    pub platform: String,
    /// Where its image was read from.
    pub source: Reference,
    /// The digest of its manifest.
    pub manifest: Digest,
    /// The digest of its config, which is that of the source.
    pub config: Digest,
    /// How many layers it has.
    pub layers: usize,
    /// The compressed size of all layers, in bytes.
    pub compressed_size: u64,
    /// How many statements about it are in the index: its SBOM, its provenance.
    pub attestations: usize,
}

/// Why images could not be joined.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum JoinError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("`{first}` and `{second}` are both for `{platform}`; an index has each platform once")]
    SamePlatform {
        platform: String,
        first: Reference,
        second: Reference,
    },
    #[error("cannot write to the folder for temporary files, `{path}`; set `TMPDIR` to another")]
    Temporary {
        path: Utf8PathBuf,
        source: io::Error,
    },
}

/// Joins images under an index that lists exactly them and attestations about them. Configs
/// keep their bytes; layers without compression get gzip. Attestations about an image whose
/// layers were compressed are left out: its manifest is another one then.
///
/// # Errors
/// What [`JoinError`] says; the destination is unchanged then.
pub fn join(request: &JoinRequest) -> Result<JoinReport, JoinError> {
    let host = &request.host;
    let compressed = host
        .temporary_file()
        .map_err(|source| JoinError::Temporary {
            path: host.temporary.clone(),
            source,
        })?;
    let compressed = Arc::new(compressed);
    let mut joined: BTreeMap<String, (Reference, PlatformImage)> = BTreeMap::new();
    // Sources stay open: their blobs are read while the destination is written.
    let mut opened = Vec::new();
    let mut attestations = Vec::new();
    for reference in &request.sources {
        let source = transport::open(reference, host)?;
        let image = source.image()?;
        attestations.extend(image.attestations);
        for image in image.platforms {
            let compressor = LayerCompressor {
                reference,
                compressed: &compressed,
                threads: request.threads,
                host,
            };
            let platform = image.platform.to_string();
            let image = compressor.compressed(image)?;
            if let Some((first, _)) = joined.insert(platform.clone(), (reference.clone(), image)) {
                return Err(JoinError::SamePlatform {
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
    // In the order of the images, whatever that of the sources.
    let attestations = platforms.iter().flat_map(|image| {
        let about = |one: &&Attestation| one.subject == image.manifest.descriptor.digest;
        attestations.iter().filter(about).cloned()
    });
    let attestations = attestations.collect();
    let image = MultiPlatformImage::with_attestations(platforms, attestations, annotations);
    let written = transport::write(
        &request.destination,
        &image,
        "image",
        &request.tags,
        &request.host,
    )?;
    let mut attested: BTreeMap<Digest, usize> = BTreeMap::new();
    for attestation in &image.attestations {
        *attested.entry(attestation.subject).or_default() += attestation.statements.len();
    }
    Ok(JoinReport {
        digest: image.index.descriptor.digest,
        reference: written.by_digest(),
        written: written.written,
        kept: written.kept,
        platforms: joined
            .into_iter()
            .map(|(platform, (source, image))| JoinedPlatform {
                platform,
                source,
                manifest: image.manifest.descriptor.digest,
                config: image.config.descriptor.digest,
                layers: image.layers.len(),
                compressed_size: image.compressed_size(),
                attestations: attested
                    .get(&image.manifest.descriptor.digest)
                    .copied()
                    .unwrap_or(0),
            })
            .collect(),
    })
}

/// Compresses the layers of one source.
struct LayerCompressor<'a> {
    reference: &'a Reference,
    /// Holds all compressed layers. It has no name: however this process ends, it is gone then.
    compressed: &'a Arc<File>,
    threads: NonZeroUsize,
    host: &'a Host,
}

impl LayerCompressor<'_> {
    fn compressed(&self, image: PlatformImage) -> Result<PlatformImage, JoinError> {
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
        let layers: Result<Vec<LayerBlob>, JoinError> = image
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
        // Docker archives have no annotations: they are taken from the labels.
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

    /// Compresses a layer to the end of the temporary file.
    fn compress(&self, layer: &LayerBlob) -> Result<LayerBlob, JoinError> {
        let unreadable = |kind| {
            JoinError::Read(ReadError {
                reference: self.reference.clone(),
                kind,
            })
        };
        let unwritable = |source| JoinError::Temporary {
            path: self.host.temporary.clone(),
            source,
        };
        let tar = LayerReader::open(layer).map_err(|kind| unreadable(Box::new(kind)))?;
        let tar = self.host.cancellation.reader(tar);
        let mut file = &**self.compressed;
        let start = file.seek(SeekFrom::End(0)).map_err(unwritable)?;
        let mut damaged = None;
        let produce = |out: &mut dyn Write| {
            let copied = copy_blob(tar, layer.blob.descriptor.digest, out);
            copied.map(drop).map_err(|error| match error {
                CopyError::Write(error) => error,
                CopyError::Read(kind) => {
                    damaged = Some(kind);
                    io::ErrorKind::InvalidData.into()
                }
            })
        };
        let out = HashingWriter::new(file);
        let out = compress(Compression::Gzip, self.threads, produce, out);
        let (_, digest, size) = match (out, damaged) {
            (Ok(out), _) => out.finish(),
            (Err(_), Some(kind)) => return Err(unreadable(kind)),
            (Err(error), None) => return Err(unwritable(error)),
        };
        Ok(LayerBlob {
            blob: Blob {
                descriptor: Descriptor::new(media_type::LAYER_GZIP, digest, size),
                content: Content::Part {
                    file: Arc::clone(self.compressed),
                    start,
                    size,
                },
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
        .filter(|(key, _)| key.starts_with(annotation::PREFIX))
        .collect()
}

/// The annotations that all manifests have with the same value.
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
