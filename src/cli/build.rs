//! `muslin build`

use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use camino::Utf8PathBuf;
use clap::Args;

use super::bar::Bar;
use super::options::{ImageOptions, OutputOptions};
use super::world::World;
use super::{Failure, report, signals};
use crate::compile::request::{LockMode, Verbosity};
use crate::operations::build::{self, BuildReport, BuildRequest};
use crate::package::find::Selection;

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
  muslin build --crate ripgrep@15.1.0")]
pub(super) struct Build {
    /// The package's folder or Cargo.toml [default: the nearest one]
    #[arg(conflicts_with = "published")]
    path: Option<Utf8PathBuf>,

    /// Build a published package instead, as in `ripgrep` or `ripgrep@15.1.0`
    #[arg(long = "crate", id = "published", value_name = "NAME[@VERSION]")]
    published: Option<String>,

    /// The member of the workspace to build, as in `server`
    #[arg(long, short, value_name = "NAME", conflicts_with = "published")]
    package: Option<String>,

    /// A binary that goes into the image, as in `server`; may be given several times
    #[arg(long, value_name = "NAME")]
    bin: Vec<String>,

    #[command(flatten)]
    cargo: CargoOptions,

    #[command(flatten)]
    image: ImageOptions,

    #[command(flatten)]
    output: OutputOptions,
}

/// What cargo is told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Cargo options")]
#[allow(clippy::struct_excessive_bools)] // They are cargo's own flags.
struct CargoOptions {
    /// Build with this profile, as in `dist` [default: release]
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,

    /// Build with these features, as in `tls,metrics`
    #[arg(long, short = 'F', value_name = "FEATURES", value_delimiter = ',')]
    features: Vec<String>,

    /// Build with all features
    #[arg(long)]
    all_features: bool,

    /// Build without the `default` feature
    #[arg(long)]
    no_default_features: bool,

    /// Fail if Cargo.lock is missing or would change
    #[arg(long)]
    locked: bool,

    /// Use no network
    #[arg(long)]
    offline: bool,

    /// As --locked and --offline
    #[arg(long)]
    frozen: bool,

    /// Run so many jobs at once, as in `4`
    #[arg(long, short, value_name = "N", allow_hyphen_values = true)]
    jobs: Option<String>,

    /// Let cargo put what it makes here, as in `/tmp/target`
    #[arg(long, value_name = "DIR")]
    target_dir: Option<Utf8PathBuf>,

    /// Let cargo say more; twice for even more
    #[arg(long, short, action = clap::ArgAction::Count)]
    verbose: u8,

    /// Let cargo say nothing but errors, and print no table
    #[arg(long, short, conflicts_with = "verbose")]
    quiet: bool,
}

impl Build {
    pub(super) fn run(self, world: &World) -> Result<ExitCode, Failure> {
        let mut overrides = self.image.overrides(world);
        overrides.bins = self.bin;
        overrides.profile = self.cargo.profile;
        overrides.features = self.cargo.features;
        let quiet = self.cargo.quiet;
        let request = BuildRequest {
            cwd: world.cwd.clone(),
            published: self.published,
            selection: Selection {
                path: self.path,
                package: self.package,
            },
            overrides,
            all_features: self.cargo.all_features,
            no_default_features: self.cargo.no_default_features,
            lock: LockMode {
                locked: self.cargo.locked,
                offline: self.cargo.offline,
                frozen: self.cargo.frozen,
            },
            jobs: self.cargo.jobs,
            target_dir: self.cargo.target_dir.map(|folder| world.cwd.join(folder)),
            verbosity: match (quiet, self.cargo.verbose) {
                (true, _) => Verbosity::Quiet,
                (false, 0) => Verbosity::Normal,
                (false, times) => Verbosity::Verbose(times),
            },
            environment: world.environment.clone(),
            processes: signals::processes_that_end_with_us()?,
            output: self.image.output(&self.output, world)?,
        };
        let built = build::build(&request, &notice, &Bar::new(quiet));
        let built = signals::unless_ended(&request.processes, built)?;
        warn_of_leaks(&built);
        let toolchain = Some(&built.toolchain);
        report::print(&built.image, &built, toolchain, &self.output, quiet, world)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A line about something that is set up before the build.
pub(super) fn notice(text: &str) {
    let green = Style::new().fg_color(Some(AnsiColor::Green.into())).bold();
    anstream::eprintln!("{green}{:>12}{green:#} {text}", "Setup");
}

fn warn_of_leaks(built: &BuildReport) {
    let yellow = Style::new().fg_color(Some(AnsiColor::Yellow.into())).bold();
    for leak in &built.leaks {
        anstream::eprintln!(
            "{yellow}warning{yellow:#}: `{}` for `{}` names folders of this machine, so another machine makes other bytes: {}; \
             `env!(\"CARGO_MANIFEST_DIR\")` or a path from `OUT_DIR` in the code is the usual cause",
            leak.bin,
            leak.platform,
            crate::quote::quoted(&leak.strings),
        );
    }
}
