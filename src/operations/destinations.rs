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

/// The destinations to write: those given, or where none is given the layout
/// `<target folder>/muslin/<name>`. Each has passed `confine`.
///
/// # Errors
/// The first refusal.
pub fn resolve(
    given: &[Reference],
    target_folder: &Utf8Path,
    description: &Description,
    confine: Confine<'_>,
) -> Result<Vec<Reference>, RefusedDestination> {
    let mut destinations = given.to_vec();
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
