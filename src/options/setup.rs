//! Options of `setup`.

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;

use super::environment::ProcessEnvironment;
use super::error::OptionError;
use crate::compile::process::Processes;
use crate::operations::setup::SetupRequest;
use crate::platform::TargetPlatform;

/// What is set up, and for which platforms.
#[derive(Debug, Default, Args, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SetupOptions {
    /// Only report what is missing
    #[arg(long)]
    #[serde(skip)]
    check: bool,

    /// Use no network
    #[arg(long)]
    #[serde(skip)]
    offline: bool,

    /// Install sccache, too, which builds then use
    #[arg(long)]
    #[serde(skip)]
    sccache: bool,

    /// Prepare for these platforms only, as in `linux/amd64` [default: all]
    #[arg(long = "platform", value_name = "PLATFORM", value_delimiter = ',')]
    platforms: Vec<TargetPlatform>,

    /// The folder that toolchain files are searched from [default: the current one]
    #[arg(skip)]
    #[schemars(with = "Option<String>")]
    pub(crate) path: Option<Utf8PathBuf>,
}

impl SetupOptions {
    /// The request that these options make. Paths are relative to the current directory.
    pub(crate) fn request(
        self,
        environment: &ProcessEnvironment,
        cache_dir: Option<&Utf8Path>,
        processes: Processes,
    ) -> Result<SetupRequest, OptionError> {
        let cwd = match self.path {
            Some(folder) => environment.cwd.join(folder),
            None => environment.cwd.clone(),
        };
        Ok(SetupRequest {
            cwd,
            environment: environment.variables.clone(),
            cache_dir: environment.cache_dir(cache_dir)?,
            platforms: if self.platforms.is_empty() {
                TargetPlatform::ALL.into()
            } else {
                self.platforms
            },
            check_only: self.check,
            offline: self.offline,
            sccache: self.sccache,
            processes,
        })
    }
}
