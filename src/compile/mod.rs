//! Compiling a package for musl targets with cargo, linked by zig.
//!
//! One cargo invocation builds every target. The toolchain, the standard library
//! and zig are found or made first; what cargo is told is decided in `plan`,
//! which touches nothing.

mod c_dates;
mod key;
pub mod leaks;
pub mod plan;
mod probe;
pub mod processes;
pub mod published;
pub mod recorder;
pub mod registries;
pub mod run;
pub mod rustflags;
pub mod search;
pub mod standard_library;
pub mod surroundings;
mod target;
pub mod toolchain;
pub mod tools;

use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::platform::TargetPlatform;
use plan::{Features, LockMode, Verbosity};
use processes::Processes;
use run::BuiltExecutable;
use standard_library::StdOrigin;
pub use surroundings::Environment;
use surroundings::Surroundings;

/// What to compile and with what.
#[derive(Clone, Debug)]
pub struct CompileRequest {
    /// The package's `Cargo.toml`.
    pub manifest_path: Utf8PathBuf,
    /// The folder of the workspace's `Cargo.toml`, or of the package's own.
    pub workspace_root: Utf8PathBuf,
    /// The package, as `cargo -p` takes it.
    pub package: String,
    /// Its binaries.
    pub bins: Vec<String>,
    /// For what to build.
    pub platforms: Vec<TargetPlatform>,
    /// The cargo profile.
    pub profile: String,
    /// Whether the manifest says for this profile what is to be stripped.
    pub profile_says_strip: bool,
    /// Cargo features.
    pub features: Features,
    /// What of `Cargo.lock` and of the network may be used.
    pub lock: LockMode,
    /// Parallel jobs, as `cargo -j` takes them.
    pub jobs: Option<String>,
    /// Where cargo puts what it makes, if not where it would by itself.
    pub target_dir: Option<Utf8PathBuf>,
    /// How much cargo says.
    pub verbosity: Verbosity,
    /// The folder that cargo's configuration is searched from.
    pub cwd: Utf8PathBuf,
    /// The environment of cargo, but for what [`HIDDEN_FROM_CARGO`] names.
    pub environment: Environment,
    /// Where tools and standard libraries are kept.
    pub cache_dir: Utf8PathBuf,
    /// What starts cargo and whatever else it takes.
    pub processes: Processes,
}

/// Variables that are for the image's labels alone: if cargo saw them, a build
/// script that asks for one would make every release a cold build.
pub const HIDDEN_FROM_CARGO: [&str; 2] = ["VERSION", "COMMIT_SHA"];

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
    pub chosen: search::Choice,
    /// Where the musl standard library comes from.
    pub std: StdOrigin,
    /// The version of zig.
    pub zig: String,
    /// The version of cargo-zigbuild.
    pub cargo_zigbuild: String,
}

/// Why a package could not be compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// There is no compiler that can.
    #[error(transparent)]
    Toolchain(#[from] toolchain::ToolchainError),
    /// The standard library could not be made.
    #[error(transparent)]
    Std(#[from] standard_library::StdError),
    /// zig or cargo-zigbuild could not be had.
    #[error(transparent)]
    Tools(#[from] tools::ToolsError),
    /// What cargo-zigbuild knows could not be asked.
    #[error(transparent)]
    Recorder(#[from] recorder::RecorderError),
    /// The user's rustflags cannot be read.
    #[error(transparent)]
    Rustflags(#[from] rustflags::RustflagsError),
    /// cargo failed.
    #[error(transparent)]
    Run(#[from] run::RunError),
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
    let found = search::find(&surroundings, &targets, notice)?;
    let std =
        standard_library::ensure(&surroundings, &found.toolchain, found.std, &targets, notice)?;
    let tools = tools::ensure(&surroundings, notice)?;
    let user_flags = rustflags::read(&request.cwd, &request.environment, &targets)?;
    let zig = recorder::record(
        &surroundings,
        &tools,
        &found.toolchain,
        &targets,
        &user_flags,
    )?;
    clock.lap("set up");

    let registries = registries::ensure(request, &found.toolchain)?;

    let plan = plan::plan(&plan::Inputs {
        request,
        toolchain: &found.toolchain,
        std: &std,
        zig: &zig,
        zig_cache: &tools.zig_cache,
        user_flags: &user_flags,
        registries: &registries,
    });
    let executables = run::run(&plan, request)?;
    clock.lap("cargo build");
    Ok(Compiled {
        target_directory: run::target_directory(&executables, &request.workspace_root),
        executables,
        toolchain: ToolchainReport {
            rustc: found.toolchain.version_line().to_owned(),
            rustc_path: found.toolchain.rustc.clone(),
            chosen: found.choice,
            std: std.origin,
            zig: tools.zig_version,
            cargo_zigbuild: tools::CARGO_ZIGBUILD_VERSION.to_owned(),
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
