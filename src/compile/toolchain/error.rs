//! Why no toolchain can compile for the targets, or why its musl std could not be built.

use std::io;

use camino::Utf8PathBuf;

/// Why no toolchain can compile for the targets.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum ToolchainError {
    #[error(
        "`{program}` is not on the PATH; install Rust (with rustup or your distribution's packages) and try again"
    )]
    NotFound { program: String },
    #[error("`{rustc} -vV` failed: {message}")]
    Rustc { rustc: Utf8PathBuf, message: String },
    #[error(
        "the toolchain `{toolchain}`, which {choice} chooses, is not installed; run `{remedy}`"
    )]
    NotInstalled {
        toolchain: String,
        /// A variable or a file, in backticks, or rustup.
        choice: String,
        remedy: String,
    },
    #[error(
        "no musl standard library for {targets}, and none can be had with `{rustc}` ({version}); one of these would help: \
         `rustup target add {targets}`, `rustup component add rust-src`, or on Debian \
         `apt-get install rustc-web cargo-web rust-web-src`"
    )]
    NoMuslStd {
        /// Separated by spaces.
        targets: String,
        rustc: Utf8PathBuf,
        version: String,
    },
}

/// Why a musl standard library could not be built.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum StdError {
    #[error(
        "there is no musl standard library for `{version}` yet, and building one needs the network; \
         run `muslin setup` once without `--offline`"
    )]
    Offline { version: String },
    #[error("cannot write the standard library to `{path}`")]
    Write {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot run `{cargo}`")]
    Run {
        cargo: Utf8PathBuf,
        source: io::Error,
    },
    #[error(
        "the musl standard library for `{version}` could not be built from `{rust_src}`; cargo says why above"
    )]
    Build {
        version: String,
        rust_src: Utf8PathBuf,
    },
}
