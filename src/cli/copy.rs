//! `muslin copy`

use std::process::ExitCode;

use clap::Args;

use super::command::{Command, Context};
use super::error::CommandError;
use super::signals::Task;
use crate::operations::copy;
use crate::options::copy::CopyOptions;

/// Copy an image from one place to another, with the digests that it has.
///
/// All platforms are copied unless some are chosen. A registry gets only what it lacks, and the
/// tag last.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muslin copy oci:target/muslin/app docker://ghcr.io/owner/app:1.0
  muslin copy docker://alpine:3.22 oci:alpine --platform linux/arm64")]
pub(super) struct Copy {
    #[command(flatten)]
    options: CopyOptions,

    /// Print the report as JSON on stdout instead of the reference
    #[arg(long)]
    json: bool,
}

impl Command for Copy {
    const NAME: &'static str = "copy";

    fn run(self, context: &Context) -> Result<ExitCode, CommandError> {
        let task = Task::start()?;
        let request = self
            .options
            .request(&context.environment, &task.processes)?;
        let report = task.end(copy::copy(&request))?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            anstream::eprintln!(
                "{}: {} written, {} there already",
                report.platforms.join(", "),
                report.written,
                report.kept
            );
            println!("{}", report.reference);
        }
        Ok(ExitCode::SUCCESS)
    }
}
