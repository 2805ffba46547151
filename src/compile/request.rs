//! What to compile, and how.

use camino::Utf8PathBuf;

use super::context::BuildContext;
use super::env::Environment;
use super::process::Processes;
use super::sccache::SccacheMode;
use crate::platform::TargetPlatform;

/// A package to compile.
#[derive(Clone, Debug)]
pub struct CompileRequest {
    /// The package's `Cargo.toml`.
    pub manifest_path: Utf8PathBuf,
    /// The directory of the workspace's `Cargo.toml`, or of the package's own.
    pub workspace_root: Utf8PathBuf,
    /// `--package`
    pub package: String,
    /// `--bin`, one for each.
    pub bins: Vec<String>,
    /// The platforms to compile for; each stands for one `--target`.
    pub platforms: Vec<TargetPlatform>,
    /// `--profile`
    pub profile: String,
    /// The table `[profile]` of the workspace's manifest.
    pub profiles: toml::Table,
    /// `--features`
    pub features: Vec<String>,
    /// The options that the caller passes on to cargo.
    pub cargo: CargoOptions,
    /// The working directory of cargo, from which it searches its configuration.
    pub cwd: Utf8PathBuf,
    /// The environment of cargo, from which [`HIDDEN_FROM_CARGO`] is removed.
    pub environment: Environment,
    /// The cache folder: tools and standard libraries.
    pub cache_dir: Utf8PathBuf,
    /// Starts child processes.
    pub processes: Processes,
}

/// Variables that are removed from cargo's environment. They set labels of the image; a build
/// script that reads one of them would turn every release into a cold build.
pub const HIDDEN_FROM_CARGO: [&str; 2] = ["VERSION", "COMMIT_SHA"];

impl CompileRequest {
    /// The context in which this request is compiled.
    #[must_use]
    pub fn context(&self) -> BuildContext<'_> {
        BuildContext {
            cwd: &self.cwd,
            environment: &self.environment,
            cache_dir: &self.cache_dir,
            offline: self.cargo.lock.is_offline(),
            processes: &self.processes,
        }
    }

    /// The Rust targets of the platforms.
    #[must_use]
    pub fn targets(&self) -> Vec<&'static str> {
        self.platforms
            .iter()
            .map(|platform| platform.rust_target())
            .collect()
    }
}

/// Options of `cargo build` that do not describe the image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CargoOptions {
    /// `--all-features`
    pub all_features: bool,
    /// `--no-default-features`
    pub no_default_features: bool,
    /// Use of `Cargo.lock` and of the network.
    pub lock: LockMode,
    /// `--jobs`
    pub jobs: Option<String>,
    /// `--target-dir`
    pub target_dir: Option<Utf8PathBuf>,
    /// `--quiet` or `--verbose`
    pub verbosity: Verbosity,
    /// `--sccache`
    pub sccache: SccacheMode,
}

/// Whether cargo may change `Cargo.lock` and use the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LockMode {
    /// `--locked`: `Cargo.lock` must exist and stays as it is.
    pub locked: bool,
    /// `--offline`: no downloads.
    pub offline: bool,
    /// `--frozen`: both.
    pub frozen: bool,
}

impl LockMode {
    /// Whether downloads are forbidden.
    #[must_use]
    pub fn is_offline(self) -> bool {
        self.offline || self.frozen
    }

    /// The flags of cargo that say so.
    pub(crate) fn flags(self) -> impl Iterator<Item = &'static str> {
        let flags = [
            ("--locked", self.locked),
            ("--offline", self.offline),
            ("--frozen", self.frozen),
        ];
        flags
            .into_iter()
            .filter_map(|(flag, is_set)| is_set.then_some(flag))
    }
}

/// How much cargo prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// `--quiet`
    Quiet,
    /// cargo's default.
    #[default]
    Normal,
    /// `--verbose`, this many times.
    Verbose(u8),
}
