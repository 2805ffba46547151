//! The build context: where child processes run, and with which environment and cache.

use camino::Utf8Path;

use super::env::Environment;
use super::process::Processes;

/// What every step of a build needs, from finding a toolchain to fetching dependencies.
#[derive(Clone, Copy, Debug)]
pub struct BuildContext<'a> {
    /// The working directory, from which cargo's configuration and toolchain files are searched.
    pub cwd: &'a Utf8Path,
    /// The environment of child processes.
    pub environment: &'a Environment,
    /// The cache folder.
    pub cache_dir: &'a Utf8Path,
    /// Whether downloads are forbidden.
    pub offline: bool,
    /// Starts child processes.
    pub processes: &'a Processes,
}
