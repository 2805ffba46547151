//! Why the metadata table could not be read.

use camino::Utf8PathBuf;

/// Why the metadata table could not be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum TableError {
    #[error("`{key}` in `{manifest}` is no key of `[{table}]`{hint}")]
    UnknownKey {
        key: String,
        table: &'static str,
        manifest: Utf8PathBuf,
        /// The key that may be meant, as the end of the sentence.
        hint: String,
    },
    #[error(
        "`base` in `{manifest}`: images start from nothing, because a static program needs no base image and one would \
         make the image larger and change without you; CA certificates, users and `/tmp` are there already, and \
         `files` adds what else you need"
    )]
    Base { manifest: Utf8PathBuf },
    #[error("`{key}` in `[{table}]` of `{manifest}` cannot be read: {message}")]
    WrongType {
        key: &'static str,
        table: &'static str,
        manifest: Utf8PathBuf,
        message: String,
    },
}
