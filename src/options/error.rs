//! Why options make no request.

use super::environment::EnvironmentError;
use crate::operations::created::MalformedTime;
use crate::package::validate::Invalid;
use muslin_oci::transport::reference::MalformedReference;

#[derive(Debug, thiserror::Error)]
pub(crate) enum OptionError {
    #[error(transparent)]
    Created(#[from] MalformedTime),
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    #[error(transparent)]
    Reference(#[from] MalformedReference),
    #[error("`--tag`: {0}")]
    Tag(Invalid),
    #[error(
        "`update` goes with `crate`: the lock file of your own package changes by `cargo update`"
    )]
    UpdateWithoutCrate,
}
