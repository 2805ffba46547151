//! `muslin index`

use std::process::ExitCode;

use clap::Args;

use super::command::{Command, Context};
use super::error::CommandError;
use super::format::{bytes, table};
use super::signals::Task;
use crate::operations::index::{JoinReport, join};
use crate::options::index::IndexOptions;

/// Join images of single platforms into one multi-platform image.
///
/// Configs and diff IDs stay the same; uncompressed layers, as in a docker-archive,
/// are compressed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muslin index --to oci:image docker-archive:amd64.tar.gz docker-archive:arm64.tar.gz
  muslin index --to docker://ghcr.io/owner/app:1.0 oci:amd64 oci:arm64")]
pub(super) struct Index {
    #[command(flatten)]
    options: IndexOptions,

    /// Print the report as JSON on stdout instead of the reference
    #[arg(long)]
    json: bool,
}

impl Command for Index {
    const NAME: &'static str = "index";

    fn run(self, context: &Context) -> Result<ExitCode, CommandError> {
        let task = Task::start()?;
        let request = self
            .options
            .request(&context.environment, &task.processes)?;
        let report = task.end(join(&request))?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            anstream::eprint!("{}", summary(&report));
            println!("{}", report.reference);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn summary(report: &JoinReport) -> String {
    let rows: Vec<[String; 4]> = report
        .platforms
        .iter()
        .map(|joined| {
            [
                joined.platform.clone(),
                joined.layers.to_string(),
                bytes(joined.compressed_size),
                joined.source.to_string(),
            ]
        })
        .collect();
    table(["platform", "layers", "compressed", "from"], &rows)
}
