//! Where images go: what is asked for, else a layout below the target folder.

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::package::description::Description;
use muslin_oci::image::MultiPlatformImage;
use muslin_oci::transport::reference::Reference;
use muslin_oci::transport::{self, Host, WriteError};

/// An image that was written.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "mcp", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Written {
    /// As it was asked for.
    pub destination: Reference,
    /// The image by digest, where the destination holds one: `oci:DIR@sha256:…`.
    pub reference: String,
}

/// `<target folder>/muslin/<name>`: the layout that an image goes to by default.
#[must_use]
pub fn default_layout(target_folder: &Utf8Path, description: &Description) -> Reference {
    let path: Utf8PathBuf = target_folder.join("muslin").join(&description.name);
    Reference::Oci { path, tag: None }
}

/// Writes the image to each destination in turn.
///
/// # Errors
/// That of the first that cannot be written; those before it are written then.
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
