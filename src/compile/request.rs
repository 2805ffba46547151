//! What to compile, and how.

use camino::Utf8PathBuf;

use super::env::Environment;
use super::process::Processes;
use crate::platform::TargetPlatform;

/// What to compile and with what.
#[derive(Clone, Debug)]
pub struct CompileRequest {
    /// The package's `Cargo.toml`.
    pub manifest_path: Utf8PathBuf,
    /// The folder of the workspace's `Cargo.toml`, or of the package's own.
    pub workspace_root: Utf8PathBuf,
    /// The package, as `cargo -p` takes it.
    pub package: String,
    /// Its binaries.
    pub bins: Vec<String>,
    /// For what to build.
    pub platforms: Vec<TargetPlatform>,
    /// The cargo profile.
    pub profile: String,
    /// Whether the manifest says for this profile what is to be stripped.
    pub profile_says_strip: bool,
    /// Cargo features.
    pub features: Features,
    /// What of `Cargo.lock` and of the network may be used.
    pub lock: LockMode,
    /// Parallel jobs, as `cargo -j` takes them.
    pub jobs: Option<String>,
    /// Where cargo puts what it makes, if not where it would by itself.
    pub target_dir: Option<Utf8PathBuf>,
    /// How much cargo says.
    pub verbosity: Verbosity,
    /// The folder that cargo's configuration is searched from.
    pub cwd: Utf8PathBuf,
    /// The environment of cargo, but for what [`HIDDEN_FROM_CARGO`] names.
    pub environment: Environment,
    /// Where tools and standard libraries are kept.
    pub cache_dir: Utf8PathBuf,
    /// What starts cargo and whatever else it takes.
    pub processes: Processes,
}

/// Variables that are for the image's labels alone: if cargo saw them, a build
/// script that asks for one would make every release a cold build.
pub const HIDDEN_FROM_CARGO: [&str; 2] = ["VERSION", "COMMIT_SHA"];

/// The features of the package that are built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// `--features`.
    pub list: Vec<String>,
    /// `--all-features`.
    pub all: bool,
    /// `--no-default-features`.
    pub no_default: bool,
}

/// What of `Cargo.lock` and of the network may be used, as cargo's flags say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LockMode {
    /// `--locked`: `Cargo.lock` must be there and is not changed.
    pub locked: bool,
    /// `--offline`: nothing is downloaded.
    pub offline: bool,
    /// `--frozen`: both.
    pub frozen: bool,
}

impl LockMode {
    /// Whether nothing may be downloaded.
    #[must_use]
    pub fn is_offline(self) -> bool {
        self.offline || self.frozen
    }
}

/// How much cargo says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// `-q`
    Quiet,
    /// As it does by itself.
    #[default]
    Normal,
    /// `-v`, so many times.
    Verbose(u8),
}
