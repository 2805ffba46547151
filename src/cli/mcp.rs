//! `muslin mcp`

use std::process::ExitCode;

use camino::Utf8PathBuf;
use clap::Args;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::command::{Command, Context};
use super::error::CommandError;
use super::output::CacheOption;
use crate::mcp::{self, AllowedFolders, ServerOptions};
use crate::options::image::registry_host;

/// Serve muslin's commands as MCP tools, over stdio.
///
/// stdout carries the protocol alone; logs go to stderr and follow `RUST_LOG`
/// [default: warn]. Ends when stdin closes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muslin mcp
  muslin mcp --root /data --root /images")]
pub(super) struct Mcp {
    /// Let tools read and write in this folder, as in `/data` [default: the current folder]
    #[arg(long, value_name = "FOLDER")]
    root: Vec<Utf8PathBuf>,

    /// Let tools read and write images of the local Docker daemon, too
    #[arg(long)]
    docker_daemon: bool,

    /// Let tools read and write images in this registry, too, as in `ghcr.io`
    #[arg(long, value_name = "HOST", value_parser = registry_host)]
    registry: Vec<String>,

    #[command(flatten)]
    cache: CacheOption,
}

impl Command for Mcp {
    const NAME: &'static str = "mcp";

    fn run(self, context: &Context) -> Result<ExitCode, CommandError> {
        let environment = &context.environment;
        log_to_stderr(environment.variable("RUST_LOG").unwrap_or("warn"));
        let mut roots: Vec<Utf8PathBuf> = self
            .root
            .iter()
            .map(|root| environment.cwd.join(root))
            .collect();
        if roots.is_empty() {
            roots.push(environment.cwd.clone());
        }
        mcp::serve(ServerOptions {
            environment: environment.clone(),
            cache_dir: self.cache.cache_dir,
            folders: AllowedFolders::new(&roots)?,
            docker_daemon: self.docker_daemon,
            registries: self.registry,
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Logs what this filter lets through; a filter that cannot be read is `warn`.
fn log_to_stderr(filter: &str) {
    let filter = filter
        .parse()
        .unwrap_or_else(|_| Targets::new().with_default(LevelFilter::WARN));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false);
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .init();
}
