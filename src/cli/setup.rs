//! `muslin setup`

use std::process::ExitCode;

use clap::Args;

use super::command::{Command, Context};
use super::error::CommandError;
use super::format::table;
use super::output::CacheOption;
use super::report;
use super::signals::Task;
use crate::operations::setup::{self, SetupReport};
use crate::options::setup::SetupOptions;

/// Set up what the machine lacks for a build: zig and a musl standard library.
///
/// `muslin build` does the same when it needs it; this does it beforehand, as in the
/// image of a CI runner.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muslin setup
  muslin setup --check

With --check the exit status is 1 if something is missing.")]
pub(super) struct Setup {
    #[command(flatten)]
    options: SetupOptions,

    /// Print the report as JSON on stdout
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    cache: CacheOption,
}

impl Command for Setup {
    const NAME: &'static str = "setup";

    fn run(self, context: &Context) -> Result<ExitCode, CommandError> {
        let task = Task::start()?;
        let processes = task.processes.clone();
        let cache_dir = self.cache.cache_dir.as_deref();
        let request = self
            .options
            .request(&context.environment, cache_dir, processes)?;
        let report = setup::setup(&request, &report::setup_notice);
        let report = task.end(report)?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            print!("{}", text_of(&report));
        }
        let ready = report.is_ready();
        Ok(if ready {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(1)
        })
    }
}

fn text_of(report: &SetupReport) -> String {
    let rows: Vec<[String; 3]> = report
        .items
        .iter()
        .map(|item| {
            let state = match (item.ready, item.optional) {
                (true, _) => "ready",
                (false, true) => "optional",
                (false, false) => "missing",
            };
            [item.name.to_owned(), state.to_owned(), item.detail.clone()]
        })
        .collect();
    table(["needed", "state", "what"], &rows)
}
