//! Options of `build`.

use camino::{Utf8Path, Utf8PathBuf};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args};
use schemars::JsonSchema;
use serde::Deserialize;

use super::environment::ProcessEnvironment;
use super::error::OptionError;
use super::image::ImageOptions;
use crate::compile::cargo::published::PublishedPackage;
use crate::compile::process::Processes;
use crate::compile::request::{CargoOptions, LockMode, Verbosity};
use crate::compile::sccache::SccacheMode;
use crate::operations::build::BuildRequest;
use crate::package::find::Selection;

const CARGO: &str = "Cargo options";

/// Which package is built, what cargo is told, and how the image is made.
#[derive(Debug, Default, Args, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct BuildOptions {
    /// The package's folder or Cargo.toml [default: the nearest one]
    #[arg(conflicts_with = "crate")]
    #[schemars(with = "Option<String>")]
    path: Option<Utf8PathBuf>,

    /// Build a published package instead, as in `ripgrep` or `ripgrep@15.1.0`
    #[arg(long = "crate", id = "crate", value_name = "NAME[@VERSION]")]
    #[serde(rename = "crate")]
    published: Option<String>,

    /// Build a published package with the newest dependencies, not with those of its lock file
    #[arg(long, requires = "crate", conflicts_with_all = ["locked", "frozen"])]
    update: bool,

    /// The member of the workspace to build, as in `server`
    #[arg(long, short, value_name = "NAME", conflicts_with = "crate")]
    package: Option<String>,

    /// A binary that goes into the image, as in `server`
    #[arg(long = "bin", value_name = "NAME")]
    bins: Vec<String>,

    /// Build with this profile, as in `dist` [default: release]
    #[arg(long, value_name = "PROFILE", help_heading = CARGO)]
    profile: Option<String>,

    /// Build with these features, as in `tls,metrics`
    #[arg(long, short = 'F', value_name = "FEATURES", value_delimiter = ',', help_heading = CARGO)]
    features: Vec<String>,

    /// Build with all features
    #[arg(long, help_heading = CARGO)]
    all_features: bool,

    /// Build without the `default` feature
    #[arg(long, help_heading = CARGO)]
    no_default_features: bool,

    /// Fail if Cargo.lock is missing or would change
    #[arg(long, help_heading = CARGO)]
    locked: bool,

    /// Use no network
    #[arg(long, help_heading = CARGO)]
    offline: bool,

    /// As --locked and --offline
    #[arg(long, help_heading = CARGO)]
    #[serde(skip)]
    frozen: bool,

    /// Run at most this many jobs at once, as in `4`
    #[arg(long, short, value_name = "N", allow_hyphen_values = true, help_heading = CARGO)]
    #[serde(skip)]
    jobs: Option<String>,

    /// Use this folder for what cargo builds, as in `/tmp/target`
    #[arg(long, value_name = "DIR", help_heading = CARGO)]
    #[schemars(with = "Option<String>")]
    target_dir: Option<Utf8PathBuf>,

    /// Compile through sccache: `auto` if it is installed, `on`, or `off`
    #[arg(long, value_name = "WHEN", default_value_t, value_parser = sccache(), help_heading = CARGO)]
    sccache: SccacheMode,

    /// Show more of cargo's output; twice for even more
    #[arg(long, short, action = ArgAction::Count, help_heading = CARGO)]
    #[serde(skip)]
    verbose: u8,

    /// Show only errors of cargo, and print no table
    #[arg(long, short, conflicts_with = "verbose", help_heading = CARGO)]
    #[serde(skip)]
    pub(crate) quiet: bool,

    /// How the image is described and compressed, and where it is written
    #[command(flatten)]
    image: ImageOptions,
}

impl BuildOptions {
    /// The request that these options make. Paths are relative to the current directory.
    pub(crate) fn request(
        self,
        environment: &ProcessEnvironment,
        cache_dir: Option<&Utf8Path>,
        processes: Processes,
    ) -> Result<BuildRequest, OptionError> {
        // clap has refused it; other callers have no clap.
        if self.update && self.published.is_none() {
            return Err(OptionError::UpdateWithoutCrate);
        }
        let mut overrides = self.image.overrides(environment);
        overrides.bins = self.bins;
        overrides.profile = self.profile;
        overrides.features = self.features;
        Ok(BuildRequest {
            cwd: environment.cwd.clone(),
            published: self.published.map(|spec| PublishedPackage {
                spec,
                update: self.update,
            }),
            selection: Selection {
                path: self.path,
                package: self.package,
            },
            overrides,
            cargo: CargoOptions {
                all_features: self.all_features,
                no_default_features: self.no_default_features,
                lock: LockMode {
                    locked: self.locked,
                    offline: self.offline,
                    frozen: self.frozen,
                },
                jobs: self.jobs,
                target_dir: self.target_dir.map(|dir| environment.cwd.join(dir)),
                verbosity: match (self.quiet, self.verbose) {
                    (true, _) => Verbosity::Quiet,
                    (false, 0) => Verbosity::Normal,
                    (false, times) => Verbosity::Verbose(times),
                },
                sccache: self.sccache,
            },
            environment: environment.variables.clone(),
            output: self.image.output(environment, cache_dir, &processes)?,
            processes,
        })
    }
}

fn sccache() -> impl TypedValueParser<Value = SccacheMode> {
    let modes = SccacheMode::ALL;
    PossibleValuesParser::new(modes.map(SccacheMode::name)).map(move |name| {
        let mut found = modes.into_iter();
        let found = found.find(|mode| mode.name() == name);
        found.expect("clap passes on possible values alone")
    })
}
