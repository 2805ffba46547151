//! From a request to executables: toolchain, standard library, zig, cargo.

use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use serde::Serialize;

use super::cargo::build::BuiltExecutable;
use super::cargo::{build, fetch, invocation, rustflags};
use super::context::Surroundings;
use super::error::CompileError;
use super::linker::{zig, zigbuild_env};
use super::request::CompileRequest;
use super::toolchain::musl_std::StdOrigin;
use super::toolchain::{discover, musl_std};

/// What was compiled and with what.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// One for each binary and platform.
    pub executables: Vec<BuiltExecutable>,
    /// The toolchain, for people.
    pub toolchain: ToolchainReport,
    /// The folders and places that cargo's output may not betray, and their new names.
    pub machine_paths: Vec<Utf8PathBuf>,
    /// Where cargo has put what it made.
    pub target_directory: Utf8PathBuf,
    /// How long each step took, in their order.
    pub steps: Vec<(&'static str, Duration)>,
}

/// With what a package was compiled: who has the same gets the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "mcp", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct ToolchainReport {
    /// The first line of `rustc -vV`.
    pub rustc: String,
    /// The compiler.
    #[cfg_attr(feature = "mcp", schemars(with = "String"))]
    pub rustc_path: Utf8PathBuf,
    /// Why this one: chosen by the project or the caller, the default, or the only one that can.
    pub chosen: discover::Choice,
    /// Where the musl standard library comes from.
    pub std: StdOrigin,
    /// The version of zig.
    pub zig: String,
    /// The version of cargo-zigbuild.
    pub cargo_zigbuild: String,
}

/// Compiles, and sets up what is missing for it; `notice` gets a line for each
/// thing that is set up.
///
/// # Errors
/// What [`CompileError`] says.
pub fn compile(request: &CompileRequest, notice: &dyn Fn(&str)) -> Result<Compiled, CompileError> {
    let mut clock = Clock::start();
    let targets: Vec<&'static str> = request
        .platforms
        .iter()
        .map(|platform| platform.rust_target())
        .collect();
    let surroundings = Surroundings {
        cwd: &request.cwd,
        environment: &request.environment,
        cache_dir: &request.cache_dir,
        offline: request.lock.is_offline(),
        processes: &request.processes,
    };
    let found = discover::find(&surroundings, &targets, notice)?;
    let std = musl_std::ensure(&surroundings, &found.toolchain, found.std, &targets, notice)?;
    let tools = zig::ensure(&surroundings, notice)?;
    let user_flags = rustflags::read(&request.cwd, &request.environment, &targets)?;
    let zig_environment = zigbuild_env::record(
        &surroundings,
        &tools,
        &found.toolchain,
        &targets,
        &user_flags,
    )?;
    clock.lap("set up");

    let registries = fetch::ensure(request, &found.toolchain)?;

    let plan = invocation::plan(&invocation::Inputs {
        request,
        toolchain: &found.toolchain,
        std: &std,
        zig: &zig_environment,
        zig_cache: &tools.zig_cache,
        user_flags: &user_flags,
        registries: &registries,
    });
    let executables = build::run(&plan, request)?;
    clock.lap("cargo build");
    Ok(Compiled {
        target_directory: build::target_directory(&executables, &request.workspace_root),
        executables,
        toolchain: ToolchainReport {
            rustc: found.toolchain.version_line().to_owned(),
            rustc_path: found.toolchain.rustc.clone(),
            chosen: found.choice,
            std: std.origin,
            zig: tools.zig_version,
            cargo_zigbuild: zig::CARGO_ZIGBUILD_VERSION.to_owned(),
        },
        machine_paths: plan.machine_paths,
        steps: clock.laps,
    })
}

struct Clock {
    last: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Clock {
    fn start() -> Self {
        Self {
            last: Instant::now(),
            laps: Vec::new(),
        }
    }

    fn lap(&mut self, name: &'static str) {
        let now = Instant::now();
        self.laps.push((name, now - self.last));
        self.last = now;
    }
}
