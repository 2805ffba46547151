//! The client that `muslin-oci` is given.

use muslin_oci::image::MultiPlatformImage;
use muslin_oci::transport::registry::reference::RegistryReference;
use muslin_oci::transport::{
    ReadErrorKind, Reference, RegistryClient, RegistryFault, RemoteImage, WriteError,
};

use crate::error::RegistryError;
use crate::settings::Settings;
use crate::{pull, push};

/// Pushes to and pulls from registries.
#[derive(Clone, Debug)]
pub struct Client {
    settings: Settings,
}

impl Client {
    /// A client with these settings. Nothing is asked before it is used.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }
}

impl RegistryClient for Client {
    fn open(&self, reference: &RegistryReference) -> Result<RemoteImage, ReadErrorKind> {
        pull::open(reference, &self.settings).map_err(RegistryError::into_read)
    }

    fn push(
        &self,
        destination: &RegistryReference,
        image: &MultiPlatformImage,
        tags: &[String],
    ) -> Result<(usize, usize), WriteError> {
        let pushed = push::push(destination, image, tags, &self.settings);
        pushed.map_err(|error| match error {
            RegistryError::Cancelled(cancelled) => WriteError::Cancelled(cancelled),
            RegistryError::Content(kind) => WriteError::image(*kind),
            error => WriteError::Registry {
                destination: Reference::Registry(destination.clone()),
                source: RegistryFault(Box::new(error)),
            },
        })
    }
}
