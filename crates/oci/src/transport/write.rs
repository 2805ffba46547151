//! Writes an image to what a reference names.

use super::error::WriteError;
use super::host::Host;
use super::layout::ExistingEntries;
use super::reference::{Reference, familiar_name};
use super::{docker_archive, docker_daemon, layout, oci_archive};
use crate::digest::Digest;
use crate::image::{MultiPlatformImage, PlatformImage};
use std::collections::BTreeSet;

/// The tag of an image without a given one.
const DEFAULT_TAG: &str = "latest";

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The destination.
    pub destination: Reference,
    /// The digest of the index, or of the config in Docker's transports, which have no index.
    pub digest: Digest,
    /// The tags, or `name:tag` in Docker's transports; none where a registry has it by digest.
    pub names: Vec<String>,
    /// The number of blobs that were written.
    pub written: usize,
    /// The number of blobs that were already there.
    pub kept: usize,
}

impl Written {
    /// The image by its digest: `oci:DIR@sha256:…`.
    #[must_use]
    pub fn by_digest(&self) -> String {
        self.destination.pinned(self.digest)
    }
}

/// Writes an image, whole or not at all.
///
/// `tags` are used where the destination has no tag, and `latest` where there are none; Docker's
/// transports use `name` before them. `oci:DIR` replaces everything in the layout,
/// `oci:DIR:TAG` adds or replaces one tag. A registry gets what it lacks, and the tags last.
/// Docker's transports take one platform, of which
/// they keep the config and the diff IDs only.
///
/// # Errors
/// What [`WriteError`] says. Neither an error, nor cancelling, nor the end of the process
/// leaves a destination half written.
pub fn write(
    destination: &Reference,
    image: &MultiPlatformImage,
    name: &str,
    tags: &[String],
    host: &Host,
) -> Result<Written, WriteError> {
    let written = |names, digest, (written, kept)| Written {
        destination: destination.clone(),
        digest,
        names,
        written,
        kept,
    };
    match destination {
        Reference::Oci { path, tag } => {
            let names = layout_names(tag.as_ref(), tags);
            let existing = match tag {
                Some(_) => ExistingEntries::Keep,
                None => ExistingEntries::Remove,
            };
            let counts = layout::write(path, image, &names, existing, host)?;
            Ok(written(names, image.index.descriptor.digest, counts))
        }
        Reference::OciArchive { path, tag } => {
            let names = layout_names(tag.as_ref(), tags);
            let count = oci_archive::write(path, image, &names, host)?;
            Ok(written(names, image.index.descriptor.digest, (count, 0)))
        }
        Reference::DockerArchive { path, name: given } => {
            let one = docker_archive::only_platform(destination, image)?;
            let names = docker_names(given.as_deref(), name, tags);
            let count = docker_archive::write(path, one, &names, host)?;
            Ok(written(names, one.config.descriptor.digest, (count, 0)))
        }
        Reference::Registry(image_there) => {
            let digest = image.index.descriptor.digest;
            if image_there.digest.is_some_and(|wanted| wanted != digest) {
                return Err(WriteError::OtherDigest {
                    destination: destination.clone(),
                    found: digest,
                });
            }
            let names = match (&image_there.tag, image_there.digest) {
                // By its digest alone.
                (None, Some(_)) => Vec::new(),
                (tag, _) => layout_names(tag.as_ref(), tags),
            };
            let client = host.registries.client().ok_or(WriteError::NoRegistries)?;
            let counts = client.push(image_there, image, &names)?;
            Ok(written(names, digest, counts))
        }
        Reference::DockerDaemon { name: given } => {
            let here = |one: &&PlatformImage| one.platform.architecture == host.architecture;
            let one = match image.platforms.iter().find(here) {
                Some(one) => one,
                None => docker_archive::only_platform(destination, image)?,
            };
            let mut file = host
                .temporary_file()
                .map_err(|error| WriteError::unwritable(&host.temporary, error))?;
            let names = docker_names(Some(given), name, tags);
            let count = docker_archive::write_to(
                &mut file,
                &host.temporary,
                one,
                &names,
                &host.cancellation,
            )?;
            docker_daemon::load(file, host)?;
            Ok(written(names, one.config.descriptor.digest, (count, 0)))
        }
    }
}

/// The tags of the image in a layout, without duplicates.
fn layout_names(tag: Option<&String>, tags: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    match tag {
        Some(tag) => vec![tag.clone()],
        None if tags.is_empty() => vec![DEFAULT_TAG.to_owned()],
        None => tags
            .iter()
            .filter(|tag| seen.insert(*tag))
            .cloned()
            .collect(),
    }
}

/// The names of the image in the Docker daemon, each with a tag.
fn docker_names(given: Option<&str>, name: &str, tags: &[String]) -> Vec<String> {
    if let Some(given) = given {
        return vec![familiar_name(given)];
    }
    layout_names(None, tags)
        .iter()
        .map(|tag| familiar_name(&format!("{name}:{tag}")))
        .collect()
}
