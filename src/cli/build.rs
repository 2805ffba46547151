//! `muslin build`

use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::Args;

use super::command::{Command, Context};
use super::error::CommandError;
use super::output::OutputOptions;
use super::progress_bar::PackingBar;
use super::report;
use super::signals::Task;
use crate::operations::build::{self, BuildReport};
use crate::operations::destinations::anywhere;
use crate::options::build::BuildOptions;
use crate::quote::quoted;

/// Build a package and make images of its binaries, for all platforms.
///
/// Needs no configuration: `[package.metadata.muslin]` in Cargo.toml can say more.
/// What the machine lacks (zig, a musl standard library) is set up on the way.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muslin build
  muslin build -p server --to oci-archive:server.tar
  muslin build --platform linux/amd64 --to docker-daemon:app:dev
  muslin build --push --tag 1.0
  muslin build --crate ripgrep@15.1.0")]
pub(super) struct Build {
    #[command(flatten)]
    options: BuildOptions,

    #[command(flatten)]
    output: OutputOptions,
}

impl Command for Build {
    const NAME: &'static str = "build";

    fn run(self, context: &Context) -> Result<ExitCode, CommandError> {
        let environment = &context.environment;
        let quiet = self.options.quiet;
        let task = Task::start()?;
        let cache_dir = self.output.cache_dir();
        let processes = task.processes.clone();
        let request = self.options.request(environment, cache_dir, processes)?;
        let bar = PackingBar::new(quiet);
        let built = build::build(&request, &report::setup_notice, &anywhere, &bar);
        drop(bar);
        let built = task.end(built)?;
        warn_of_leaks(&built);
        let toolchain = Some(&built.toolchain);
        report::print(
            &built.image,
            &built,
            toolchain,
            &self.output,
            quiet,
            environment,
        )?;
        Ok(ExitCode::SUCCESS)
    }
}

fn warn_of_leaks(built: &BuildReport) {
    let yellow = Style::new().fg_color(Some(AnsiColor::Yellow.into())).bold();
    for leak in &built.leaks {
        anstream::eprintln!(
            "{yellow}warning{yellow:#}: `{}` for `{}` holds paths of this machine, so another machine makes other bytes: {}; \
             `env!(\"CARGO_MANIFEST_DIR\")` or a path from `OUT_DIR` in the code is the usual cause",
            leak.bin,
            leak.platform,
            quoted(&leak.strings),
        );
    }
}
