//! Why cargo made no executables.

use std::collections::BTreeSet;
use std::io;

use camino::Utf8PathBuf;

use crate::compile::request::CompileRequest;
use crate::platform::TargetPlatform;

/// Why cargo made no executables.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum CargoError {
    #[error("cannot run `{cargo}`")]
    Run {
        cargo: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cargo could not build `{package}` for {targets}; it says why above")]
    Failed { package: String, targets: String },
    /// The linker or a build script failed.
    #[error("cargo could not build `{package}` for {targets}; it says why above. {advice}")]
    FailedForMusl {
        package: String,
        targets: String,
        advice: String,
    },
    #[error("`cargo metadata` failed: {0}")]
    Metadata(String),
    #[error("cannot read what `cargo build` prints")]
    Messages(#[source] io::Error),
    #[error(
        "`cargo build` made no `{bin}` for `{platform}`; a binary may lack one of its `required-features`"
    )]
    MissingExecutable {
        bin: String,
        platform: TargetPlatform,
    },
}

impl CargoError {
    /// cargo exited with an error, which it has printed.
    pub(super) fn failed(request: &CompileRequest) -> Self {
        Self::Failed {
            package: request.package.clone(),
            targets: targets(request),
        }
    }

    /// As [`Self::failed`], where it is likely that something does not support musl.
    /// `scripts` are the packages whose build scripts did not run to their end.
    pub(super) fn failed_for_musl(request: &CompileRequest, scripts: &BTreeSet<String>) -> Self {
        Self::FailedForMusl {
            package: request.package.clone(),
            targets: targets(request),
            advice: advice(scripts),
        }
    }
}

/// What can be done, by the build scripts that failed.
fn advice(scripts: &BTreeSet<String>) -> String {
    const OPENSSL: &str = "`openssl-sys` looks for an OpenSSL that is built for musl. A package that has a feature for it \
        can bring its own (`--features openssl/vendored`, `vendored-openssl` and the like), or use rustls instead";
    if scripts.contains("openssl-sys") {
        return OPENSSL.to_owned();
    }
    let is_library = |name: &&String| name.ends_with("-sys");
    match scripts.iter().find(is_library) {
        Some(name) => format!(
            "`{name}` looks for a library that is built for musl, or builds it from C code; see whether it has \
             a feature that builds its own, such as `vendored`, `bundled` or `static`"
        ),
        None => "If it builds without `--target`, something in it does not support musl".to_owned(),
    }
}

/// The targets of a request, in backticks.
fn targets(request: &CompileRequest) -> String {
    let targets = request.targets();
    let targets: Vec<String> = targets.iter().map(|target| format!("`{target}`")).collect();
    targets.join(" and ")
}
