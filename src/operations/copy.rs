//! `muslin copy`: an image from one place to another, with the digests that it has.

use std::num::NonZeroUsize;

use muslin_oci::digest::Digest;
use muslin_oci::image::{Content, MultiPlatformImage, PlatformImage};
use muslin_oci::index::Index;
use muslin_oci::join::{JoinError, JoinRequest, join};
use muslin_oci::transport::reference::{PinnedReference, Reference};
use muslin_oci::transport::{self, Host, ReadError, WriteError};
use schemars::JsonSchema;
use serde::Serialize;

/// What to copy.
#[derive(Clone, Debug)]
pub struct CopyRequest {
    /// The image.
    pub source: PinnedReference,
    /// Where it goes.
    pub destination: Reference,
    /// Platforms such as `linux/amd64`; if empty, all.
    pub platforms: Vec<String>,
    /// Tags where the destination has none; if empty, that of the source.
    pub tags: Vec<String>,
    /// The number of threads that compress a layer of an image that has no compressed ones.
    pub threads: NonZeroUsize,
    /// The host that images are read and written on.
    pub host: Host,
}

/// What was copied.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CopyReport {
    /// Where it was read from.
    pub source: Reference,
    /// The copy by its digest.
    pub reference: String,
    /// The digest of its index, or of the manifest of an image without one; of the config in
    /// Docker's transports.
    pub digest: Digest,
    /// The platforms that were copied, such as `linux/amd64`.
    pub platforms: Vec<String>,
    /// How many blobs and manifests were written.
    pub written: usize,
    /// How many were there already.
    pub kept: usize,
}

/// Why nothing was copied.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum CopyError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Join(#[from] JoinError),
    #[error("`{reference}` holds the image `{found}`, not `{wanted}`")]
    OtherDigest {
        reference: Reference,
        wanted: Digest,
        found: Digest,
    },
    #[error("`{source_image}` has no image for `{platform}`; it has {known}")]
    NoPlatform {
        source_image: Reference,
        platform: String,
        known: String,
    },
    #[error(
        "`{0}` has no manifests, and what is made of one platform of it is another image; copy it \
         without `--platform`"
    )]
    PlatformOfDockers(Reference),
}

/// Copies an image. Its documents and layers keep their bytes. Images of Docker's transports have
/// no manifests and no compressed layers: elsewhere they get both.
///
/// # Errors
/// What [`CopyError`] says; the destination is unchanged then, but for blobs that a registry got.
pub fn copy(request: &CopyRequest) -> Result<CopyReport, CopyError> {
    let reference = &request.source.reference;
    let host = &request.host;
    let tags = tags(request);
    if is_dockers(reference) && !is_dockers(&request.destination) {
        return compressed(request, tags);
    }
    let source = transport::open(reference, host)?;
    let wanted = request.source.digest;
    let image = source.image_with_its_digest(wanted)?;
    if let Some(wanted) = wanted
        && !image.blobs().any(|blob| blob.descriptor.digest == wanted)
    {
        return Err(CopyError::OtherDigest {
            reference: reference.clone(),
            wanted,
            found: image.index.descriptor.digest,
        });
    }
    let image = chosen(request, image)?;
    let name = match reference {
        Reference::Registry(image) => image.repository.to_string(),
        _ => "image".to_owned(),
    };
    let written = transport::write(&request.destination, &image, &name, &tags, host)?;
    Ok(CopyReport {
        source: reference.clone(),
        reference: written.by_digest(),
        digest: written.digest,
        platforms: names(&image.platforms),
        written: written.written,
        kept: written.kept,
    })
}

/// Copies an image of Docker's transports to a place where it gets a manifest.
fn compressed(request: &CopyRequest, tags: Vec<String>) -> Result<CopyReport, CopyError> {
    let reference = &request.source.reference;
    if !request.platforms.is_empty() {
        return Err(CopyError::PlatformOfDockers(reference.clone()));
    }
    let joined = join(&JoinRequest {
        sources: vec![reference.clone()],
        destination: request.destination.clone(),
        tags,
        threads: request.threads,
        host: request.host.clone(),
    })?;
    Ok(CopyReport {
        source: reference.clone(),
        reference: joined.reference,
        digest: joined.digest,
        platforms: joined
            .platforms
            .into_iter()
            .map(|joined| joined.platform)
            .collect(),
        written: joined.written,
        kept: joined.kept,
    })
}

fn is_dockers(reference: &Reference) -> bool {
    matches!(
        reference,
        Reference::DockerArchive { .. } | Reference::DockerDaemon { .. }
    )
}

/// The tags that were given, or else that of the source.
fn tags(request: &CopyRequest) -> Vec<String> {
    if !request.tags.is_empty() {
        return request.tags.clone();
    }
    let tag = match &request.source.reference {
        Reference::Oci { tag, .. } | Reference::OciArchive { tag, .. } => tag.clone(),
        Reference::Registry(image) => image.tag.clone(),
        Reference::DockerArchive { .. } | Reference::DockerDaemon { .. } => None,
    };
    tag.into_iter().collect()
}

/// The image of the platforms that were asked for, under an index of these; the whole image where
/// it has no others.
fn chosen(
    request: &CopyRequest,
    image: MultiPlatformImage,
) -> Result<MultiPlatformImage, CopyError> {
    if request.platforms.is_empty() {
        return Ok(image);
    }
    let is_asked = |platform: &PlatformImage, asked: &str| {
        let of = &platform.platform;
        asked == of.to_string() || asked == format!("{}/{}", of.os, of.architecture)
    };
    for asked in &request.platforms {
        if !image.platforms.iter().any(|found| is_asked(found, asked)) {
            let known: Vec<String> = names(&image.platforms)
                .iter()
                .map(|name| format!("`{name}`"))
                .collect();
            return Err(CopyError::NoPlatform {
                source_image: request.source.reference.clone(),
                platform: asked.clone(),
                known: known.join(", "),
            });
        }
    }
    let all = image.platforms.len();
    let mut platforms = image.platforms.clone();
    platforms.retain(|found| request.platforms.iter().any(|asked| is_asked(found, asked)));
    if platforms.len() == all {
        return Ok(image);
    }
    let about = |subject: Digest| {
        let mut platforms = platforms.iter();
        platforms.any(|platform| platform.manifest.descriptor.digest == subject)
    };
    let mut attestations = image.attestations.clone();
    attestations.retain(|attestation| about(attestation.subject));
    let annotations = match &image.index.content {
        Content::Bytes(bytes) => serde_json::from_slice::<Index>(bytes)
            .map(|index| index.annotations)
            .unwrap_or_default(),
        _ => std::collections::BTreeMap::new(),
    };
    Ok(MultiPlatformImage::with_attestations(
        platforms,
        attestations,
        annotations,
    ))
}

fn names(platforms: &[PlatformImage]) -> Vec<String> {
    let platforms = platforms.iter();
    platforms.map(|image| image.platform.to_string()).collect()
}
