//! Options of `pack`.

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;

use super::environment::ProcessEnvironment;
use super::error::OptionError;
use super::image::ImageOptions;
use crate::compile::process::Processes;
use crate::operations::pack::PackRequest;
use crate::package::find::Selection;
use crate::platform::TargetPlatform;

/// Which executables are packed, and how the image is made.
#[derive(Debug, Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PackOptions {
    /// The package whose Cargo.toml describes the image [default: the nearest one]
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    path: Option<Utf8PathBuf>,

    /// The member of the workspace that describes the image, as in `server`
    #[arg(long, short, value_name = "NAME")]
    #[serde(default)]
    package: Option<String>,

    /// The static executables, each with its platform
    #[arg(
        long = "executable",
        value_name = "PLATFORM=PATH",
        value_parser = executable,
        help = "A static executable and its platform, as in `linux/amd64=target/app`"
    )]
    executables: Vec<ExecutableOption>,

    /// A binary of the package that goes into the image, as in `server`
    #[arg(long = "bin", value_name = "NAME")]
    #[serde(default)]
    bins: Vec<String>,

    /// Print no table
    #[arg(long, short)]
    #[serde(skip)]
    pub(crate) quiet: bool,

    /// How the image is described and compressed, and where it is written
    #[command(flatten)]
    #[serde(default)]
    image: ImageOptions,
}

/// An executable and the platform that it was built for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ExecutableOption {
    /// The platform, as in `linux/amd64`
    platform: TargetPlatform,
    /// The executable, as in `target/app`
    #[schemars(with = "String")]
    path: Utf8PathBuf,
}

impl PackOptions {
    /// The request that these options make. Paths are relative to the current directory.
    pub(crate) fn request(
        self,
        environment: &ProcessEnvironment,
        cache_dir: Option<&Utf8Path>,
        processes: &Processes,
    ) -> Result<PackRequest, OptionError> {
        let mut overrides = self.image.overrides(environment);
        overrides.bins = self.bins;
        let executables = self.executables.into_iter();
        Ok(PackRequest {
            cwd: environment.cwd.clone(),
            selection: Selection {
                path: self.path,
                package: self.package,
            },
            overrides,
            executables: executables.map(|one| (one.platform, one.path)).collect(),
            output: self.image.output(environment, cache_dir, processes)?,
        })
    }
}

fn executable(text: &str) -> Result<ExecutableOption, String> {
    match text.split_once('=') {
        Some((platform, path)) if !path.is_empty() => Ok(ExecutableOption {
            platform: platform.parse().map_err(|error| format!("{error}"))?,
            path: path.into(),
        }),
        _ => Err(format!(
            "`{text}` lacks a platform or a path; write `linux/amd64=PATH`"
        )),
    }
}
