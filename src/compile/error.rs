//! Why a package could not be compiled.

use std::io;

use camino::Utf8PathBuf;

use super::cargo::config::ConfigError;
use super::cargo::crate_list::CrateListError;
use super::cargo::error::CargoError;
use super::linker::install::InstallError;
use super::linker::zig::ZigError;
use super::linker::zigbuild_env::ZigbuildEnvError;
use super::openssl::error::OpensslError;
use super::sccache::NoSccache;
use super::toolchain::error::{StdError, ToolchainError};

/// Why a package could not be compiled.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum CompileError {
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    #[error(transparent)]
    Std(#[from] StdError),
    #[error(transparent)]
    Zig(#[from] ZigError),
    #[error(transparent)]
    ZigbuildEnv(#[from] ZigbuildEnvError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Cargo(#[from] CargoError),
    #[error(transparent)]
    Openssl(#[from] OpensslError),
    #[error(transparent)]
    CrateList(#[from] CrateListError),
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error(transparent)]
    NoSccache(#[from] NoSccache),
    #[error("cannot write `{path}`")]
    Wrapper {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot use the target directory `{directory}`")]
    TargetDirectory {
        directory: Utf8PathBuf,
        source: io::Error,
    },
}
