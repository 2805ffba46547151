//! Why cargo made no executables.

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
    #[error(
        "cargo could not build `{package}` for {targets}; it says why above. If it builds without `--target`, \
         something in it does not support musl"
    )]
    FailedForMusl { package: String, targets: String },
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
    pub(super) fn failed_for_musl(request: &CompileRequest) -> Self {
        Self::FailedForMusl {
            package: request.package.clone(),
            targets: targets(request),
        }
    }
}

/// The targets of a request, in backticks.
fn targets(request: &CompileRequest) -> String {
    let targets = request.targets();
    let targets: Vec<String> = targets.iter().map(|target| format!("`{target}`")).collect();
    targets.join(" and ")
}
