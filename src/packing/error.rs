//! Why an image could not be packed.

use std::io;

use camino::Utf8PathBuf;
use muslin_oci::layer::LayerError;
use muslin_oci::tar::MalformedPath;

use super::layers::BuildLayerError;
use crate::elf::{ElfError, Unfit};
use crate::platform::TargetPlatform;

/// Why an image could not be packed.
#[derive(Debug, thiserror::Error)]
pub enum PackingError {
    /// A platform lacks one of its binaries.
    #[error("no executable `{bin}` for `{platform}`; give one with `--executable {platform}=PATH`")]
    MissingExecutable {
        /// The platform.
        platform: TargetPlatform,
        /// The binary.
        bin: String,
    },
    /// An executable is for a platform or of a name that the image does not have.
    #[error(
        "`{path}` is `{bin}` for `{platform}`, which the image does not want; it wants {wanted}"
    )]
    UnwantedExecutable {
        /// The file.
        path: Utf8PathBuf,
        /// Its name in the image.
        bin: String,
        /// What it was given for.
        platform: TargetPlatform,
        /// The binaries and platforms of the description.
        wanted: String,
    },
    /// Two files want to be the same binary of the same platform.
    #[error("`{bin}` for `{platform}` was given twice")]
    GivenTwice {
        /// The binary.
        bin: String,
        /// The platform.
        platform: TargetPlatform,
    },
    /// An executable cannot be opened.
    #[error("cannot read `{path}`")]
    Unreadable {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// An executable is none.
    #[error("`{path}` cannot be packed: {source}")]
    NotElf {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: ElfError,
    },
    /// An executable would not run in the image.
    #[error("`{path}` cannot be packed: {source}")]
    Unfit {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: Unfit,
    },
    /// A path cannot stand in an image.
    #[error(transparent)]
    Path(#[from] MalformedPath),
    /// Entries that make no layer.
    #[error(transparent)]
    Layer(#[from] LayerError),
    /// An image is larger than the description allows.
    #[error(
        "the image for `{platform}` has {size} bytes compressed, more than the {max} of `max-size`; \
         raise `max-size` in `[package.metadata.muslin]` or make the executable smaller"
    )]
    TooLarge {
        /// The platform.
        platform: TargetPlatform,
        /// Its compressed size in bytes.
        size: u64,
        /// What is allowed, in bytes.
        max: u64,
    },
    /// A layer could not be made.
    #[error(transparent)]
    BuildLayer(#[from] BuildLayerError),
}
