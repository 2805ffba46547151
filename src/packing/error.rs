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
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum PackingError {
    #[error("no executable `{bin}` for `{platform}`; give one with `--executable {platform}=PATH`")]
    MissingExecutable {
        platform: TargetPlatform,
        bin: String,
    },
    #[error(
        "`{path}` is `{bin}` for `{platform}`, which the image does not want; it wants {wanted}"
    )]
    UnwantedExecutable {
        path: Utf8PathBuf,
        bin: String,
        platform: TargetPlatform,
        wanted: String,
    },
    #[error("`{bin}` for `{platform}` was given twice")]
    GivenTwice {
        bin: String,
        platform: TargetPlatform,
    },
    #[error("cannot read `{path}`")]
    Unreadable {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("`{path}` cannot be packed: {source}")]
    NotElf { path: Utf8PathBuf, source: ElfError },
    #[error("`{path}` cannot be packed: {source}")]
    Unfit { path: Utf8PathBuf, source: Unfit },
    #[error(transparent)]
    Path(#[from] MalformedPath),
    #[error(transparent)]
    Layer(#[from] LayerError),
    #[error(
        "the image for `{platform}` has {size} bytes compressed, more than the {max} of `max-size`; \
         raise `max-size` in `[package.metadata.muslin]` or make the executable smaller"
    )]
    TooLarge {
        platform: TargetPlatform,
        size: u64,
        max: u64,
    },
    #[error(transparent)]
    BuildLayer(#[from] BuildLayerError),
}
