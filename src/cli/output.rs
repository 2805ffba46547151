//! Options of the report and of the cache, which only the command line has.

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

/// Where the report is written, and where the cache is.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output options")]
pub(super) struct OutputOptions {
    /// Print the report as JSON on stdout instead of the reference
    #[arg(long)]
    pub(super) json: bool,

    /// Write the report as JSON to this file, as in `build.json`
    #[arg(long, value_name = "FILE")]
    pub(super) metadata_file: Option<Utf8PathBuf>,

    #[command(flatten)]
    cache: CacheOption,
}

/// Where layers, tools and standard libraries are cached.
#[derive(Debug, Args)]
pub(super) struct CacheOption {
    /// Keep layers, tools and standard libraries here, as in `/var/cache/muslin`
    /// [default: the user's cache folder]
    #[arg(
        long,
        value_name = "DIR",
        env = "MUSLIN_CACHE_DIR",
        hide_env_values = true
    )]
    pub(super) cache_dir: Option<Utf8PathBuf>,
}

impl OutputOptions {
    /// The value of `--cache-dir`.
    pub(super) fn cache_dir(&self) -> Option<&Utf8Path> {
        self.cache.cache_dir.as_deref()
    }
}
