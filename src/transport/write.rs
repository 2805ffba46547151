//! Writing an image to what a reference names.

use std::collections::BTreeSet;
use std::io;

use camino::Utf8PathBuf;

use super::docker_daemon::DockerError;
use super::docker_manifest::familiar;
use super::fault::Fault;
use super::machine::Machine;
use super::{docker_archive, docker_daemon, layout, oci_archive};
use crate::image::digest::Digest;
use crate::image::multi_platform::{MultiPlatformImage, PlatformImage};
use crate::image::reference::Reference;

/// The tag of an image that was given none.
const DEFAULT_TAG: &str = "latest";

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Where.
    pub destination: Reference,
    /// The digest of the index; of the config where Docker keeps no index.
    pub digest: Digest,
    /// The tags, or Docker's `name:tag`.
    pub names: Vec<String>,
    /// How many blobs were written.
    pub written: usize,
    /// How many blobs were there before, whole.
    pub kept: usize,
}

impl Written {
    /// The image by its digest: `oci:DIR@sha256:…`.
    #[must_use]
    pub fn by_digest(&self) -> String {
        let digest = self.digest;
        match &self.destination {
            Reference::Oci { path, .. } => format!("oci:{path}@{digest}"),
            Reference::OciArchive { path, .. } => format!("oci-archive:{path}@{digest}"),
            Reference::DockerArchive { path, .. } => format!("docker-archive:{path}@{digest}"),
            Reference::DockerDaemon { name } => format!("docker-daemon:{name}@{digest}"),
        }
    }
}

/// Why an image could not be written. What was at the destination is still there, whole.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A layout is to be where a file is.
    #[error("`{0}` is a file; give a folder, or write `oci-archive:{0}`")]
    NotAFolder(Utf8PathBuf),
    /// An archive is to be where a folder or a device is.
    #[error("`{0}` is a folder or a device; give the name of a file")]
    NotAFile(Utf8PathBuf),
    /// A folder that belongs to somebody else.
    #[error(
        "`{path}` holds `{found}` and is no image layout; give an empty folder or one that is yet \
         to be made"
    )]
    StrangersFolder {
        /// The folder.
        path: Utf8PathBuf,
        /// Something in it.
        found: String,
    },
    /// The layout at the destination cannot be read, so nothing can be added to it.
    #[error(
        "cannot add to the layout `{path}`; write to `oci:{path}` to replace all that it holds"
    )]
    Damaged {
        /// The layout.
        path: Utf8PathBuf,
        /// What is wrong with it.
        source: Box<Fault>,
    },
    /// The layout at the destination is of a version that is not known.
    #[error("cannot write to the layout `{path}`; give another folder")]
    Version {
        /// The layout.
        path: Utf8PathBuf,
        /// Which version it is.
        source: Box<Fault>,
    },
    /// The system refuses.
    #[error("cannot write `{path}`")]
    Unwritable {
        /// The file or folder.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The image itself cannot be read.
    #[error("cannot read the image that is to be written")]
    Image(#[source] Box<Fault>),
    /// An image of several platforms is to go where one has room.
    #[error(
        "`{destination}` has room for one platform and the image has {platforms}; choose one with \
         `--platform`"
    )]
    SeveralPlatforms {
        /// Where it should go.
        destination: Reference,
        /// The image's platforms.
        platforms: String,
    },
    /// The daemon does not take it.
    #[error(transparent)]
    Docker(#[from] DockerError),
}

/// Writes an image, whole or not at all.
///
/// `tags` name it where the destination does not, and none at all is `latest`; the Docker
/// transports want `name` before them. `oci:DIR` replaces all that the layout held,
/// `oci:DIR:TAG` adds the tag or replaces it. Of the Docker transports, each has room for
/// one platform, and keeps its config and diff IDs alone.
///
/// # Errors
/// What [`WriteError`] says. Nothing of it leaves a destination torn, nor does the end of
/// the process at any time.
pub fn write(
    destination: &Reference,
    image: &MultiPlatformImage,
    name: &str,
    tags: &[String],
    machine: &Machine,
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
            let others = match tag {
                Some(_) => layout::Others::Kept,
                None => layout::Others::Removed,
            };
            let counts = layout::write(path, image, &names, others)?;
            Ok(written(names, image.index.descriptor.digest, counts))
        }
        Reference::OciArchive { path, tag } => {
            let names = layout_names(tag.as_ref(), tags);
            let count = oci_archive::write(path, image, &names)?;
            Ok(written(names, image.index.descriptor.digest, (count, 0)))
        }
        Reference::DockerArchive { path, name: given } => {
            let one = docker_archive::only_platform(destination, image)?;
            let names = docker_names(given.as_deref(), name, tags);
            let count = docker_archive::write(path, one, &names)?;
            Ok(written(names, one.config.descriptor.digest, (count, 0)))
        }
        Reference::DockerDaemon { name: given } => {
            let here = |one: &&PlatformImage| one.platform.architecture == machine.architecture;
            let one = match image.platforms.iter().find(here) {
                Some(one) => one,
                None => docker_archive::only_platform(destination, image)?,
            };
            let mut file = tempfile::tempfile_in(&machine.temporary)
                .map_err(|error| unwritable(&machine.temporary, error))?;
            let names = docker_names(Some(given), name, tags);
            let count = docker_archive::write_to(&mut file, &machine.temporary, one, &names)?;
            docker_daemon::load(file, machine)?;
            Ok(written(names, one.config.descriptor.digest, (count, 0)))
        }
    }
}

/// The system's refusal to write a path.
pub(super) fn unwritable(path: impl Into<Utf8PathBuf>, source: io::Error) -> WriteError {
    WriteError::Unwritable {
        path: path.into(),
        source,
    }
}

/// The tags that an image gets in a layout, each once.
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

/// The names that a daemon gives the image, each with a tag.
fn docker_names(given: Option<&str>, name: &str, tags: &[String]) -> Vec<String> {
    if let Some(given) = given {
        return vec![familiar(given)];
    }
    layout_names(None, tags)
        .iter()
        .map(|tag| familiar(&format!("{name}:{tag}")))
        .collect()
}
