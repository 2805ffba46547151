//! The destinations of images: those given, or a layout in the target folder.

use camino::{Utf8Path, Utf8PathBuf};
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

/// The default destination: the layout `<target folder>/muslin/<name>`.
#[must_use]
pub fn default_layout(target_folder: &Utf8Path, description: &Description) -> Reference {
    let path: Utf8PathBuf = target_folder.join("muslin").join(&description.name);
    Reference::Oci { path, tag: None }
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
