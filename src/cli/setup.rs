//! `muslin setup`

use std::process::ExitCode;

use clap::Args;

use super::options::CacheOption;
use super::text::table;
use super::world::World;
use super::{Failure, build, signals};
use crate::operations::setup::{self, SetupReport, SetupRequest};
use crate::platform::TargetPlatform;

/// Set up what the machine lacks for a build: zig and a musl standard library.
///
/// `muslin build` does the same on its way; this is for doing it beforehand, in an
/// image of a CI runner for instance.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muslin setup
  muslin setup --check

With --check the exit status is 1 if something is missing.")]
pub(super) struct Setup {
    /// Say only what is missing
    #[arg(long)]
    check: bool,

    /// Use no network
    #[arg(long)]
    offline: bool,

    /// Set up for these platforms only, as in `linux/amd64`
    #[arg(
        long,
        value_name = "PLATFORM",
        value_delimiter = ',',
        default_value = "linux/amd64,linux/arm64"
    )]
    platform: Vec<TargetPlatform>,

    /// Print the report as JSON on stdout
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    cache: CacheOption,
}

impl Setup {
    pub(super) fn run(self, world: &World) -> Result<ExitCode, Failure> {
        let request = SetupRequest {
            cwd: world.cwd.clone(),
            environment: world.environment.clone(),
            cache_dir: world.cache_dir(self.cache.cache_dir.as_deref())?,
            platforms: self.platform,
            check_only: self.check,
            offline: self.offline,
            processes: signals::processes_that_end_with_us()?,
        };
        let report = setup::setup(&request, &build::notice);
        let report = signals::unless_ended(&request.processes, report)?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            print!("{}", for_people(&report));
        }
        let ready = report.is_ready();
        Ok(if ready {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(1)
        })
    }
}

fn for_people(report: &SetupReport) -> String {
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
