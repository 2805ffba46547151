//! The destinations of images: those given, or a layout in the target folder.

use std::error::Error;

use camino::Utf8Path;
use schemars::JsonSchema;
use serde::Serialize;

use crate::package::description::Description;
use muslin_oci::image::MultiPlatformImage;
use muslin_oci::transport::reference::Reference;
use muslin_oci::transport::{self, Host, WriteError};

/// An image that was written.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Written {
    /// The destination as it was given.
    pub destination: Reference,
    /// The image by its digest, such as `oci:DIR@sha256:…`.
    pub reference: String,
}

/// Refuses a destination, or replaces it by the one that is written.
pub type Confine<'a> = &'a dyn Fn(&mut Reference) -> Result<(), RefusedDestination>;

/// Why a destination may not be written.
pub type RefusedDestination = Box<dyn Error + Send + Sync>;

/// Lets every destination be written, as it is.
///
/// # Errors
/// None.
pub fn anywhere(_: &mut Reference) -> Result<(), RefusedDestination> {
    Ok(())
}

/// The description names no registry to push to.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum PushError {
    #[error(
        "`--push` needs the name of the image; set `image = \"ghcr.io/owner/app\"` in \
         `[package.metadata.muslin]`, or give `--to docker://HOST/NAME`"
    )]
    NoImage,
    #[error(
        "`--push` needs a registry, and `image` is `{0}`; write `image = \"ghcr.io/owner/app\"`, or \
         give `--to docker://HOST/NAME`"
    )]
    NoHost(String),
    #[error(
        "`image` is `{0}`, and nobody says who `OWNER` is; set the variable \
         `GITHUB_REPOSITORY_OWNER`, or give `--to docker://HOST/NAME`"
    )]
    Owner(String),
}

/// The image of the description in its registry.
fn pushed(description: &Description) -> Result<Reference, RefusedDestination> {
    let image = description.image.as_deref().ok_or(PushError::NoImage)?;
    if image.split('/').any(|part| part == "OWNER") {
        return Err(PushError::Owner(image.to_owned()).into());
    }
    match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => {
            Ok(format!("docker://{image}").parse()?)
        }
        _ => Err(PushError::NoHost(image.to_owned()).into()),
    }
}

/// The destinations to write: those given and with `push` the registry of the description, or
/// where there is none the layout `<target folder>/muslin/<name>`. Each has passed `confine`.
///
/// # Errors
/// The first refusal.
pub fn resolve(
    given: &[Reference],
    push: bool,
    target_folder: &Utf8Path,
    description: &Description,
    confine: Confine<'_>,
) -> Result<Vec<Reference>, RefusedDestination> {
    let mut destinations = given.to_vec();
    if push {
        destinations.push(pushed(description)?);
    }
    if destinations.is_empty() {
        destinations.push(Reference::Oci {
            path: target_folder.join("muslin").join(&description.name),
            tag: None,
        });
    }
    destinations.iter_mut().try_for_each(confine)?;
    Ok(destinations)
}

/// Writes the image to each destination, in order.
///
/// # Errors
/// The first destination that cannot be written; those before it are written.
pub fn write_all(
    image: &MultiPlatformImage,
    description: &Description,
    destinations: &[Reference],
    host: &Host,
) -> Result<Vec<Written>, WriteError> {
    let name = description.image.as_deref().unwrap_or(&description.name);
    let mut written = Vec::new();
    for destination in destinations {
        let done = transport::write(destination, image, name, &description.tags, host)?;
        written.push(Written {
            destination: destination.clone(),
            reference: done.by_digest(),
        });
    }
    Ok(written)
}
