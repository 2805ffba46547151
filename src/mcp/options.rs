//! What the server is started with, and what that allows its tools.

use camino::{Utf8Path, Utf8PathBuf};

use super::allowed_folders::{AllowedFolders, OutsideError};
use crate::operations::destinations::RefusedDestination;
use crate::options::environment::ProcessEnvironment;
use muslin_oci::transport::reference::Reference;

/// The options of the server.
#[derive(Clone, Debug)]
pub(crate) struct ServerOptions {
    /// The environment of this process. Paths of tools are relative to its `cwd`.
    pub(crate) environment: ProcessEnvironment,
    /// `--cache-dir`
    pub(crate) cache_dir: Option<Utf8PathBuf>,
    /// `--root`: where tools may read and write.
    pub(crate) folders: AllowedFolders,
    /// `--docker-daemon`: whether tools may read and write images of the Docker daemon.
    pub(crate) docker_daemon: bool,
    /// `--registry`: the registries that tools may read and write images in.
    pub(crate) registries: Vec<String>,
}

/// Why a tool may not use a path or an image.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotAllowed {
    #[error(transparent)]
    Path(#[from] OutsideError),
    #[error(
        "`{0}` is an image of the Docker daemon, which this server may not use; start it with `--docker-daemon` to allow it"
    )]
    DockerDaemon(Reference),
    #[error(
        "`{image}` is in a registry that this server may not use; start it with `--registry {host}` to allow it"
    )]
    Registry { image: Reference, host: String },
}

impl ServerOptions {
    pub(super) fn cache_dir(&self) -> Option<&Utf8Path> {
        self.cache_dir.as_deref()
    }

    /// Makes a path absolute and free of symlinks.
    ///
    /// # Errors
    /// It is outside the allowed folders.
    pub(super) fn confine_path(&self, path: &mut Utf8PathBuf) -> Result<(), OutsideError> {
        *path = self.folders.allow(&self.environment.cwd.join(&*path))?;
        Ok(())
    }

    /// Makes the path of an image absolute and free of symlinks. Images are read and written
    /// by it without following any, so that nobody can put a symlink there meanwhile.
    ///
    /// # Errors
    /// It is outside the allowed folders, or of a daemon or a registry that is not allowed.
    pub(super) fn confine_image(&self, image: &mut Reference) -> Result<(), NotAllowed> {
        match image {
            Reference::Oci { path, .. }
            | Reference::OciArchive { path, .. }
            | Reference::DockerArchive { path, .. } => self.confine_path(path)?,
            Reference::Registry(found) => {
                let host = found.repository.host().to_owned();
                if !self.registries.contains(&host) {
                    let image = image.clone();
                    return Err(NotAllowed::Registry { image, host });
                }
            }
            Reference::DockerDaemon { .. } if self.docker_daemon => {}
            Reference::DockerDaemon { .. } => return Err(NotAllowed::DockerDaemon(image.clone())),
        }
        Ok(())
    }

    /// Confines each of these images.
    ///
    /// # Errors
    /// One is not allowed.
    pub(super) fn confine_images(&self, images: &mut [Reference]) -> Result<(), NotAllowed> {
        images
            .iter_mut()
            .try_for_each(|image| self.confine_image(image))
    }

    /// Confines a destination, also one that was not given but is the default.
    ///
    /// # Errors
    /// Those of [`Self::confine_image`].
    pub(super) fn confine_destination(
        &self,
        destination: &mut Reference,
    ) -> Result<(), RefusedDestination> {
        Ok(self.confine_image(destination)?)
    }
}
