//! `muslin setup`: finds out what the machine lacks for a build, and installs it.

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::compile::Environment;
use crate::compile::cargo::rustflags::{self, RustflagsError};
use crate::compile::context::Surroundings;
use crate::compile::env::text;
use crate::compile::linker::zig::{self, ToolsError};
use crate::compile::linker::zigbuild_env::{self, RecorderError};
use crate::compile::process::Processes;
use crate::compile::toolchain::discover::{self, Found};
use crate::compile::toolchain::installed::ToolchainError;
use crate::compile::toolchain::musl_std::{self, StdError, StdSource};
use crate::platform::TargetPlatform;

/// What to check, and whether to install what is missing.
#[derive(Clone, Debug)]
pub struct SetupRequest {
    /// The directory that toolchain files are searched from.
    pub cwd: Utf8PathBuf,
    /// The environment of child processes.
    pub environment: Environment,
    /// The cache folder: tools and standard libraries.
    pub cache_dir: Utf8PathBuf,
    /// The platforms that the machine is to build for.
    pub platforms: Vec<TargetPlatform>,
    /// Whether to report only, and install nothing.
    pub check_only: bool,
    /// Whether nothing may be downloaded.
    pub offline: bool,
    /// Starts child processes, and can end them.
    pub processes: Processes,
}

/// What is installed and what is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "mcp", derive(schemars::JsonSchema))]
pub struct SetupReport {
    /// Toolchain, standard library, zig, in this order.
    pub items: Vec<Item>,
}

/// A requirement of builds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "mcp", derive(schemars::JsonSchema))]
pub struct Item {
    /// Its name.
    pub name: &'static str,
    /// Whether it is met.
    pub ready: bool,
    /// Whether a build can do without it.
    pub optional: bool,
    /// What was found, or what would be installed.
    pub detail: String,
}

/// Why the machine could not be set up.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum SetupError {
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    #[error(transparent)]
    Std(#[from] StdError),
    #[error(transparent)]
    Tools(#[from] ToolsError),
    #[error(transparent)]
    Rustflags(#[from] RustflagsError),
    #[error(transparent)]
    Recorder(#[from] RecorderError),
}

impl SetupReport {
    /// Whether a build would install nothing.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.items.iter().all(|item| item.ready || item.optional)
    }
}

/// Checks the machine and, unless `check_only` is set, installs what is missing. `notice` is
/// called with a line for each installation.
///
/// # Errors
/// What [`SetupError`] says. With `check_only` there are none.
pub fn setup(request: &SetupRequest, notice: &dyn Fn(&str)) -> Result<SetupReport, SetupError> {
    let surroundings = Surroundings {
        cwd: &request.cwd,
        environment: &request.environment,
        cache_dir: &request.cache_dir,
        offline: request.offline,
        processes: &request.processes,
    };
    let targets: Vec<&str> = request
        .platforms
        .iter()
        .map(|platform| platform.rust_target())
        .collect();
    if !request.check_only {
        let found = discover::find(&surroundings, &targets, notice)?;
        let toolchain = found.toolchain;
        musl_std::ensure(&surroundings, &toolchain, found.std, &targets, notice)?;
        let tools = zig::ensure(&surroundings, notice)?;
        let flags = rustflags::read(&request.cwd, &request.environment, &targets)?;
        zigbuild_env::record(&surroundings, &tools, &toolchain, &targets, &flags)?;
    }
    Ok(look(&surroundings, &targets))
}

/// Reports what is installed; changes nothing outside the cache.
fn look(surroundings: &Surroundings<'_>, targets: &[&str]) -> SetupReport {
    let nothing_downloaded = Surroundings {
        offline: true,
        ..*surroundings
    };
    let mut items = match discover::find(&nothing_downloaded, targets, &|_| ()) {
        Ok(found) => vec![compiler(&found), std(surroundings, &found, targets)],
        Err(error) => vec![Item {
            name: "rust with musl std",
            ready: false,
            optional: false,
            detail: error.to_string(),
        }],
    };
    let ready = zig::are_there(surroundings.cache_dir);
    let versions = format!(
        "{} with cargo-zigbuild {}",
        zig::ZIG_VERSION,
        zig::CARGO_ZIGBUILD_VERSION
    );
    items.push(Item {
        name: "zig",
        ready,
        optional: false,
        detail: if ready {
            versions
        } else {
            format!("{versions}: will be fetched from PyPI by pip")
        },
    });
    let wrapper = text(surroundings.environment, "RUSTC_WRAPPER");
    items.push(Item {
        name: "sccache",
        ready: wrapper.is_some(),
        optional: true,
        detail: wrapper.map_or_else(
            || {
                "no RUSTC_WRAPPER: set it to `sccache` to share compiled crates between projects"
                    .to_owned()
            },
            |wrapper| format!("RUSTC_WRAPPER is `{wrapper}`"),
        ),
    });
    SetupReport { items }
}

fn compiler(found: &Found) -> Item {
    Item {
        name: "rust",
        ready: true,
        optional: false,
        detail: format!(
            "{} (`{}`)",
            found.toolchain.version_line(),
            found.toolchain.rustc
        ),
    }
}

fn std(surroundings: &Surroundings<'_>, found: &Found, targets: &[&str]) -> Item {
    let (ready, detail) = match &found.std {
        StdSource::Toolchain | StdSource::Rustup => (true, "the toolchain's own".to_owned()),
        StdSource::Source(source) => {
            let cache = surroundings.cache_dir;
            if musl_std::is_built(cache, &found.toolchain, source, targets) {
                (true, format!("built from `{source}`"))
            } else {
                (
                    false,
                    format!("will be built from `{source}`, once, in some minutes"),
                )
            }
        }
    };
    Item {
        name: "musl std",
        ready,
        optional: false,
        detail,
    }
}
