//! `muslin mcp`

use std::process::ExitCode;

use camino::Utf8PathBuf;
use clap::Args;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::Failure;
use super::options::CacheOption;
use super::world::World;
use crate::mcp::{self, Folders, Surroundings};

/// Serve build, pack, index, inspect and setup as MCP tools, over stdio.
///
/// stdout carries the protocol alone; logs go to stderr and follow `RUST_LOG`
/// [default: warn]. Ends when stdin closes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muslin mcp
  muslin mcp --root /data --root /images")]
pub(super) struct Mcp {
    /// Let tools read and write in this folder, as in `/data`; may be given several times
    /// [default: the current folder]
    #[arg(long, value_name = "FOLDER")]
    root: Vec<Utf8PathBuf>,

    /// Let tools read and write images of the local Docker daemon, too
    #[arg(long)]
    docker_daemon: bool,

    #[command(flatten)]
    cache: CacheOption,
}

impl Mcp {
    pub(super) fn run(self, world: &World) -> Result<ExitCode, Failure> {
        let filter = world.variable("RUST_LOG").unwrap_or("warn").parse();
        let filter = filter.unwrap_or_else(|_| Targets::new().with_default(LevelFilter::WARN));
        let lines = tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .with_ansi(false);
        tracing_subscriber::registry()
            .with(filter)
            .with(lines)
            .init();

        let mut roots: Vec<Utf8PathBuf> =
            self.root.iter().map(|root| world.cwd.join(root)).collect();
        if roots.is_empty() {
            roots.push(world.cwd.clone());
        }
        let folders = Folders::new(&roots)?;
        mcp::serve(Surroundings {
            cwd: world.cwd.clone(),
            environment: world.environment.clone(),
            threads: world.threads,
            cache_dir: world
                .cache_dir(self.cache.cache_dir.as_deref())
                .map_err(|failure| failure.message()),
            host: world.host(),
            folders,
            docker_daemon: self.docker_daemon,
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
