//! Why there is no OpenSSL for a package that needs one.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

/// Why there is no OpenSSL for a package that needs one.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum OpensslError {
    #[error(
        "this package needs OpenSSL, which is built once with {missing}, not found here; install what is missing \
         (on Debian: `apt-get install perl make`), or set `OPENSSL_DIR` to an OpenSSL that is built for musl"
    )]
    NoTools {
        /// What is missing, in backticks.
        missing: String,
    },
    #[error(
        "this package needs OpenSSL, and its source, `openssl-src` {version}, is not downloaded yet; \
         build once without `--offline`, or set `OPENSSL_DIR` to an OpenSSL that is built for musl"
    )]
    Offline { version: String },
    #[error("cargo cannot fetch `openssl-src` {version}, the source of OpenSSL: {message}")]
    Fetch { version: String, message: String },
    #[error("cannot write OpenSSL to `{path}`")]
    Write {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("OpenSSL {version} could not be built for `{target}`: `{program}` says: {message}")]
    Build {
        version: String,
        target: String,
        program: String,
        message: String,
    },
}

pub(super) fn unwritable(path: &Utf8Path, source: io::Error) -> OpensslError {
    OpensslError::Write {
        path: path.to_owned(),
        source,
    }
}
