//! Why a package could not be compiled.

use super::cargo::build::RunError;
use super::cargo::rustflags::RustflagsError;
use super::linker::zig::ToolsError;
use super::linker::zigbuild_env::RecorderError;
use super::toolchain::installed::ToolchainError;
use super::toolchain::musl_std::StdError;

/// Why a package could not be compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// There is no compiler that can.
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    /// The standard library could not be made.
    #[error(transparent)]
    Std(#[from] StdError),
    /// zig or cargo-zigbuild could not be had.
    #[error(transparent)]
    Tools(#[from] ToolsError),
    /// What cargo-zigbuild knows could not be asked.
    #[error(transparent)]
    Recorder(#[from] RecorderError),
    /// The user's rustflags cannot be read.
    #[error(transparent)]
    Rustflags(#[from] RustflagsError),
    /// cargo failed.
    #[error(transparent)]
    Run(#[from] RunError),
}
