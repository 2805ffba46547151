//! Where a build runs and with which environment.

use camino::Utf8Path;

use super::env::Environment;
use super::process::Processes;

/// What surrounds a build: where it happens and with which variables.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The folder that toolchain files are searched from.
    pub cwd: &'a Utf8Path,
    /// The caller's variables.
    pub environment: &'a Environment,
    /// Where answers, tools and standard libraries are kept.
    pub cache_dir: &'a Utf8Path,
    /// Whether nothing may be downloaded.
    pub offline: bool,
    /// What starts programs.
    pub processes: &'a Processes,
}
