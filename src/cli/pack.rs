//! `muslin pack`

use std::process::ExitCode;

use clap::Args;

use super::command::{Command, Context};
use super::error::CommandError;
use super::output::OutputOptions;
use super::progress_bar::PackingBar;
use super::report;
use super::signals::Task;
use crate::operations::destinations::anywhere;
use crate::operations::pack;
use crate::options::pack::PackOptions;

/// Make images of executables that were built elsewhere.
///
/// Given the same executables and the same package, the images are those of
/// `muslin build`, bit for bit. Outside a package, the executable's name is the
/// image's.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muslin pack --executable linux/amd64=out/amd64/app --executable linux/arm64=out/arm64/app
  muslin pack --executable linux/amd64=app --to docker-archive:app.tar")]
pub(super) struct Pack {
    #[command(flatten)]
    options: PackOptions,

    #[command(flatten)]
    output: OutputOptions,
}

impl Command for Pack {
    const NAME: &'static str = "pack";

    fn run(self, context: &Context) -> Result<ExitCode, CommandError> {
        let environment = &context.environment;
        let quiet = self.options.quiet;
        let cache_dir = self.output.cache_dir();
        let task = Task::start()?;
        let request = self
            .options
            .request(environment, cache_dir, &task.processes)?;
        let bar = PackingBar::new(quiet);
        let packed = pack::pack(&request, &anywhere, &bar);
        drop(bar);
        let packed = task.end(packed)?;
        report::print(&packed, &packed, None, &self.output, quiet, environment)?;
        Ok(ExitCode::SUCCESS)
    }
}
