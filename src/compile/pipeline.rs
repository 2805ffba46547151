//! All steps from a request to executables: find the toolchain, get std and zig, run cargo.

use std::fs::{self, File};
use std::io;
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::Serialize;

use super::cargo::build::{self, Built, BuiltExecutable};
use super::cargo::build_dir;
use super::cargo::config::{BuildDir, CargoConfig};
use super::cargo::crate_list;
use super::cargo::fetch;
use super::cargo::invocation::{Inputs, Invocation};
use super::error::CompileError;
use super::linker::wheels;
use super::linker::zig::{self, Zig};
use super::linker::zigbuild_env::{self, ZigbuildEnv};
use super::lock::lock_folder;
use super::openssl::build::Inputs as OpensslInputs;
use super::openssl::built::{Openssl, OpensslReport};
use super::openssl::error::OpensslError;
use super::openssl::needed::{self, Answers, OPENSSL_SYS};
use super::request::CompileRequest;
use super::rustc_wrapper;
use super::sccache::{self, SccacheReport, UsersWrapper, Wrapper};
use super::toolchain::discover;
use super::toolchain::installed::Toolchain;
use super::toolchain::musl_std::{self, MuslStd, StdOrigin};

/// Compiled executables, and the toolchain that made them.
#[derive(Debug)]
pub struct Compiled {
    /// One for each binary and platform.
    pub executables: Vec<BuiltExecutable>,
    /// The toolchain, for the report.
    pub toolchain: ToolchainReport,
    /// Paths of this machine that must not be found in the executables.
    pub machine_paths: Vec<Utf8PathBuf>,
    /// cargo's target directory.
    pub target_directory: Utf8PathBuf,
    /// Keeps other builds of muslin from replacing the executables while it is held.
    pub lock: File,
    /// How long each step took, in order.
    pub steps: Vec<(&'static str, Duration)>,
}

/// The toolchain that compiled a package. The same toolchain makes the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ToolchainReport {
    /// The first line of `rustc -vV`.
    pub rustc: String,
    /// The path of rustc.
    #[schemars(with = "String")]
    pub rustc_path: Utf8PathBuf,
    /// Why this toolchain was used.
    pub chosen: discover::Choice,
    /// Where the musl standard library comes from.
    pub std: StdOrigin,
    /// The version of zig.
    pub zig: String,
    /// The version of cargo-zigbuild.
    pub cargo_zigbuild: String,
    /// The OpenSSL that muslin built into the executables, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openssl: Option<OpensslReport>,
    /// What sccache did, where it was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sccache: Option<SccacheReport>,
}

/// Compiles a package for all its platforms in one cargo invocation. Tools and standard
/// libraries that are missing are installed first; `notice` is called with a line for each.
///
/// # Errors
/// What [`CompileError`] says.
pub fn compile(request: &CompileRequest, notice: &dyn Fn(&str)) -> Result<Compiled, CompileError> {
    let mut stopwatch = Stopwatch::start();
    let targets = request.targets();
    let context = request.context();
    let found = discover::discover(&context, &targets, notice)?;
    // What is missing is said before anything is built.
    let config = CargoConfig::read(&request.cwd, &request.environment, &targets)?;
    let users = UsersWrapper::read(&context, config.rustc_wrapper.as_deref());
    let wrapper = sccache::wrapper(&context, request.cargo.sccache, users, notice)?;
    let std = musl_std::ensure(&context, &found.toolchain, found.std, &targets, notice)?;
    let zig = zig::ensure(&context, notice)?;
    let zigbuild_env = zigbuild_env::get(
        &context,
        &zig,
        &found.toolchain,
        &targets,
        &config.rustflags.cache_key_input(),
    )?;
    let request = &with_wrapper(request, wrapper.as_ref())?;
    stopwatch.lap("set up");

    let registry_sources = fetch::registry_sources(request, &found.toolchain)?;
    let build_dir = match &config.build_dir {
        Some(BuildDir::Path(path)) => Some(path.clone()),
        Some(BuildDir::Template) => build_dir::ask(request, &found.toolchain)?,
        None => None,
    };
    let prepared = Prepared {
        request,
        config: &config,
        toolchain: &found.toolchain,
        std: &std,
        zig: &zig,
        zigbuild_env: &zigbuild_env,
        build_dir: build_dir.as_ref(),
        registry_sources: &registry_sources,
        notice,
    };
    let mut openssl = prepared.openssl(Answers::Kept)?;
    if !openssl.is_empty() {
        stopwatch.lap("OpenSSL");
    }
    let (locked, lock) = lock_target_directory(request, &config)?;
    let (cargo, built) = prepared.run_cargo(&mut openssl, &locked.join("muslin-failed-links"))?;
    let Built {
        mut executables,
        artifacts,
        library_directories,
    } = built;
    stopwatch.lap("cargo build");
    let target_directory = build::target_directory(&executables, &request.workspace_root);
    let linked = openssl.linked(&library_directories);
    crate_list::add_to_all(
        &mut executables,
        &artifacts,
        request,
        &target_directory,
        &linked,
    )?;
    stopwatch.lap("list of crates");
    let sccache = wrapper.and_then(|wrapper| wrapper.report(&request.context()));
    Ok(Compiled {
        target_directory,
        lock,
        executables,
        toolchain: ToolchainReport {
            rustc: found.toolchain.version_line().to_owned(),
            rustc_path: found.toolchain.rustc.clone(),
            chosen: found.choice,
            std: std.origin,
            zig: zig.version,
            cargo_zigbuild: wheels::cargo_zigbuild().version.clone(),
            openssl: OpensslReport::new(&request.platforms, &linked),
            sccache,
        },
        machine_paths: cargo.machine_paths,
        steps: stopwatch.laps,
    })
}

/// What cargo is run with, once all tools are there.
struct Prepared<'a> {
    request: &'a CompileRequest,
    config: &'a CargoConfig,
    toolchain: &'a Toolchain,
    std: &'a MuslStd,
    zig: &'a Zig,
    zigbuild_env: &'a ZigbuildEnv,
    build_dir: Option<&'a Utf8PathBuf>,
    registry_sources: &'a [Utf8PathBuf],
    notice: &'a dyn Fn(&str),
}

impl Prepared<'_> {
    /// The OpenSSL that the package needs, built if the cache has none.
    fn openssl(&self, answers: Answers) -> Result<Openssl, OpensslError> {
        let mut environment = self.config.environment.clone();
        environment.extend(self.request.environment.clone());
        let targets = needed::targets(self.request, self.toolchain, &environment, answers);
        let inputs = OpensslInputs {
            context: self.request.context(),
            toolchain: self.toolchain,
            zig: self.zig,
            zigbuild_env: self.zigbuild_env,
            rustflags: &self.config.rustflags.cache_key_input(),
            jobs: self.request.cargo.jobs.as_deref(),
        };
        Openssl::ensure(&inputs, &targets, self.notice)
    }

    /// Runs cargo, and once more with an OpenSSL if it turns out only then that one is needed:
    /// cargo itself may have written `openssl-sys` into the lock file.
    fn run_cargo(
        &self,
        openssl: &mut Openssl,
        failed_links: &Utf8Path,
    ) -> Result<(Invocation, Built), CompileError> {
        let cargo = self.invocation(openssl);
        let built = build::run(&cargo, self.request, failed_links);
        if let Err(error) = &built
            && error.is_of_script(OPENSSL_SYS)
            && openssl.is_empty()
        {
            *openssl = self.openssl(Answers::Fresh)?;
            if !openssl.is_empty() {
                let cargo = self.invocation(openssl);
                let built = build::run(&cargo, self.request, failed_links)?;
                return Ok((cargo, built));
            }
        }
        Ok((cargo, built?))
    }

    fn invocation(&self, openssl: &Openssl) -> Invocation {
        Invocation::new(&Inputs {
            request: self.request,
            toolchain: self.toolchain,
            std: self.std,
            zigbuild_env: self.zigbuild_env,
            zig_cache: &self.zig.cache,
            config: self.config,
            build_dir: self.build_dir,
            openssl,
            registry_sources: self.registry_sources,
        })
    }
}

/// The request with muslin's wrapper of rustc in its environment, which calls the other one.
fn with_wrapper(
    request: &CompileRequest,
    wrapper: Option<&Wrapper>,
) -> Result<CompileRequest, CompileError> {
    let path = rustc_wrapper::ensure(&request.cache_dir);
    let path = path.map_err(|source| CompileError::Wrapper {
        path: request.cache_dir.join("tools"),
        source,
    })?;
    let mut request = request.clone();
    let environment = &mut request.environment;
    environment.insert("RUSTC_WRAPPER".into(), path.as_str().into());
    if let Some(wrapper) = wrapper {
        environment.insert(
            rustc_wrapper::INNER_VARIABLE.into(),
            wrapper.program.clone(),
        );
        if wrapper.is_sccache() {
            environment.insert(rustc_wrapper::SCCACHE_VARIABLE.into(), "1".into());
        }
        // A server that ends meanwhile makes the rest of the build slower, and nothing else.
        environment
            .entry("SCCACHE_IGNORE_SERVER_IO_ERROR".into())
            .or_insert_with(|| "1".into());
    }
    Ok(request)
}

/// Waits until no other build of muslin uses the target directory, and gives its path, too. cargo's own lock ends with
/// cargo, before its executables are packed.
fn lock_target_directory(
    request: &CompileRequest,
    config: &CargoConfig,
) -> Result<(Utf8PathBuf, File), CompileError> {
    let asked = request.cargo.target_dir.as_ref();
    let asked = asked.map(|directory| request.cwd.join(directory));
    let directory = asked
        .or_else(|| config.target_dir.clone())
        .unwrap_or_else(|| request.workspace_root.join("target"));
    let lock = || -> io::Result<File> {
        if !directory.is_dir() {
            fs::create_dir_all(&directory)?;
            // cargo writes it into a directory that it makes itself.
            fs::write(directory.join("CACHEDIR.TAG"), CACHEDIR_TAG)?;
        }
        lock_folder(&directory, &request.processes)
    };
    match lock() {
        Ok(lock) => Ok((directory, lock)),
        Err(source) => Err(CompileError::TargetDirectory { directory, source }),
    }
}

/// Says that a directory can be left out of backups (<https://bford.info/cachedir/>).
const CACHEDIR_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n";

struct Stopwatch {
    last: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Stopwatch {
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
