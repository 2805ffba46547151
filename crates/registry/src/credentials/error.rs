//! Why credentials could not be read. No message holds one.

use std::io;

use camino::Utf8PathBuf;
use muslin_oci::cancellation::Cancelled;

#[derive(Debug, thiserror::Error)]
pub(crate) enum CredentialsError {
    #[error("cannot read the credentials in `{path}`")]
    Unreadable {
        path: Utf8PathBuf,
        source: io::Error,
    },
    // The source would quote the file.
    #[error("`{path}` is no JSON file with credentials; mend it, or log in again")]
    Malformed { path: Utf8PathBuf },
    #[error("`{path}` has credentials for `{key}` that are none; log in again")]
    BadEntry { path: Utf8PathBuf, key: String },
    #[error(
        "cannot run the credential helper `{program}`, which `{path}` names; install it, or log in \
         again without it"
    )]
    NoHelper {
        program: String,
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("the credential helper `{program}` failed: {message}")]
    Helper { program: String, message: String },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
