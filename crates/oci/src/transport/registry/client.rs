//! What reads and writes images in registries: an argument, since this crate has no network.

use std::fmt;
use std::sync::Arc;

use super::reference::RegistryReference;
use crate::descriptor::Descriptor;
use crate::image::MultiPlatformImage;
use crate::remote::RemoteRepository;
use crate::transport::error::{ReadErrorKind, WriteError};

/// A client of registries.
pub trait RegistryClient: Send + Sync {
    /// Opens an image.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    fn open(&self, reference: &RegistryReference) -> Result<RemoteImage, ReadErrorKind>;

    /// Uploads what is missing of an image and then sets these tags; without one, the image has
    /// its digest alone. Gives how many blobs and manifests were uploaded, and how many were
    /// there.
    ///
    /// # Errors
    /// What [`WriteError`] says. No tag points at an image that is not whole.
    fn push(
        &self,
        destination: &RegistryReference,
        image: &MultiPlatformImage,
        tags: &[String],
    ) -> Result<(usize, usize), WriteError>;
}

/// An image in a registry.
#[derive(Clone, Debug)]
pub struct RemoteImage {
    /// Where its parts are read.
    pub repository: Arc<dyn RemoteRepository>,
    /// Points at its index or manifest.
    pub root: Descriptor,
}

/// How registries are reached. The default reaches none.
#[derive(Clone, Default)]
pub struct Registries(Option<Arc<dyn RegistryClient>>);

impl Registries {
    /// Reaches registries with this client.
    pub fn new(client: impl RegistryClient + 'static) -> Self {
        Self(Some(Arc::new(client)))
    }

    pub(in crate::transport) fn client(&self) -> Option<&dyn RegistryClient> {
        self.0.as_deref()
    }
}

impl fmt::Debug for Registries {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Registries").finish_non_exhaustive()
    }
}
