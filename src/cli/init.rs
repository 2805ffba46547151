//! `muslin init`

use std::process::ExitCode;

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};

use super::command::{Command, Context};
use super::error::CommandError;
use crate::operations::init_docker::{self, Change, InitReport, InitRequest};
use crate::package::find::Selection;

/// Write the files that build a package in another way: with `docker build`.
///
/// Dockerfile, docker-bake.hcl and .dockerignore are written into the folder of the workspace. In
/// those that are there already, the lines between "begin" and "end" are written anew, and all
/// others stay. docs/guides/docker.md explains the files.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muslin init docker
  muslin init docker --check

With --check the exit status is 1 if a file does not say what Cargo.toml says.")]
pub(super) struct Init {
    /// What builds the package
    kind: Kind,

    /// The package's folder or Cargo.toml [default: the nearest one]
    path: Option<Utf8PathBuf>,

    /// The member of the workspace to build, as in `server`
    #[arg(long, short, value_name = "NAME")]
    package: Option<String>,

    /// Write nothing, and say what would change
    #[arg(long)]
    check: bool,

    /// Replace files that are there as a whole
    #[arg(long, conflicts_with = "check")]
    force: bool,

    /// Print the report as JSON on stdout
    #[arg(long)]
    json: bool,
}

/// What files are written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// `docker build` and `docker buildx bake`
    Docker,
}

impl Command for Init {
    const NAME: &'static str = "init";

    fn run(self, context: &Context) -> Result<ExitCode, CommandError> {
        let Kind::Docker = self.kind;
        let check = self.check;
        let report = init_docker::init_docker(&InitRequest {
            cwd: context.environment.cwd.clone(),
            selection: Selection {
                path: self.path,
                package: self.package,
            },
            check,
            force: self.force,
        })?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            print!("{}", text_of(&report, check));
        }
        Ok(if check && !report.is_unchanged() {
            ExitCode::from(1)
        } else {
            ExitCode::SUCCESS
        })
    }
}

fn text_of(report: &InitReport, check: bool) -> String {
    let line = |file: &init_docker::InitializedFile| {
        let change = match (file.change, check) {
            (Change::Created, false) => "written",
            (Change::Created, true) => "missing",
            (Change::Updated, false) => "updated",
            (Change::Updated, true) => "not up to date",
            (Change::Unchanged, _) => "up to date",
        };
        format!("{}: {change}\n", file.path)
    };
    let mut text: String = report.files.iter().map(line).collect();
    if check && !report.is_unchanged() {
        text += "`muslin init docker` writes what Cargo.toml says\n";
    }
    text
}
