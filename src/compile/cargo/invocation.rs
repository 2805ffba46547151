//! The arguments and environment of `cargo build`: a pure function of its inputs.

use std::ffi::OsStr;

use camino::{Utf8Path, Utf8PathBuf};

use super::config::{CargoConfig, variable_sets_strip};
use super::path_remap::{path_remaps, target_directories};
use super::profile::{sets_strip, table_name};
use super::rustflags;
use crate::compile::env::{Environment, cargo_home, var};
use crate::compile::linker::zigbuild_env::ZigbuildEnv;
use crate::compile::linker::{C_ARGUMENTS_VARIABLE, c_macros};
use crate::compile::openssl::built::Openssl;
use crate::compile::request::{CompileRequest, HIDDEN_FROM_CARGO, Verbosity};
use crate::compile::rustc_wrapper;
use crate::compile::toolchain::installed::Toolchain;
use crate::compile::toolchain::musl_std::MuslStd;

/// An invocation of `cargo build`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The path of cargo.
    pub cargo: Utf8PathBuf,
    /// The arguments.
    pub arguments: Vec<String>,
    /// The whole environment.
    pub environment: Environment,
    /// The working directory.
    pub cwd: Utf8PathBuf,
    /// Paths of this machine that must not be found in the executables.
    pub machine_paths: Vec<Utf8PathBuf>,
}

/// What an invocation depends on.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The package and the options.
    pub request: &'a CompileRequest,
    /// The toolchain.
    pub toolchain: &'a Toolchain,
    /// The standard library.
    pub std: &'a MuslStd,
    /// The variables that make cargo link with zig.
    pub zigbuild_env: &'a ZigbuildEnv,
    /// zig's global cache.
    pub zig_cache: &'a Utf8Path,
    /// cargo's configuration.
    pub config: &'a CargoConfig,
    /// Where cargo puts intermediate artifacts, if that is not the target directory.
    pub build_dir: Option<&'a Utf8PathBuf>,
    /// The OpenSSL that muslin built for the package.
    pub openssl: &'a Openssl,
    /// The directories in which the registries of the dependencies are unpacked.
    pub registry_sources: &'a [Utf8PathBuf],
}

impl Invocation {
    /// The one invocation that compiles all binaries for all targets.
    #[must_use]
    pub fn new(inputs: &Inputs<'_>) -> Self {
        let request = inputs.request;
        let targets = request.targets();
        let remaps: Vec<(Utf8PathBuf, String)> = path_remaps(
            request,
            inputs.toolchain,
            inputs.std,
            inputs.config,
            inputs.build_dir,
            inputs.registry_sources,
        )
        .into_iter()
        .collect();
        let mut environment = environment(inputs, &remaps);
        let built_in = target_directories(request, inputs.config, inputs.build_dir);
        let of_all = rustc_wrapper::split(
            &remaps,
            &request.workspace_root,
            &built_in.iter().collect::<Vec<_>>(),
            &mut environment,
        );
        let flags: Vec<(&str, Vec<String>)> = targets
            .iter()
            .map(|target| (*target, rustflags(inputs.std, target, &of_all)))
            .collect();
        let merged = rustflags::merge(&inputs.config.rustflags, &flags);
        if let Some(encoded) = &merged.encoded {
            environment.insert("CARGO_ENCODED_RUSTFLAGS".into(), encoded.into());
        }
        Self {
            cargo: inputs.toolchain.cargo.clone(),
            arguments: arguments(inputs, &targets, &merged.config),
            environment,
            cwd: request.cwd.clone(),
            machine_paths: machine_paths(request, remaps),
        }
    }
}

/// The rustflags for a target, without the user's.
fn rustflags(std: &MuslStd, target: &str, remaps: &[(Utf8PathBuf, String)]) -> Vec<String> {
    let mut flags = vec![
        // Explicitly, because the default of musl targets is going to change.
        "-Ctarget-feature=+crt-static".to_owned(),
        // zig brings start files and a C library of its own.
        "-Clink-self-contained=no".to_owned(),
        // zig ignores the `-static-pie` of rustc; with `-pie` it makes a static-pie executable.
        "-Clink-arg=-pie".to_owned(),
    ];
    if let Some(directory) = std.search_paths.get(target) {
        flags.push(format!("-L{directory}"));
    }
    flags.extend(remaps.iter().map(rustc_wrapper::argument));
    flags
}

/// The user's environment with the compilers and the linker added. Those that the user has set
/// stay.
fn environment(inputs: &Inputs<'_>, remaps: &[(Utf8PathBuf, String)]) -> Environment {
    let mut environment = inputs.request.environment.clone();
    for name in HIDDEN_FROM_CARGO {
        environment.remove(OsStr::new(name));
    }
    for (name, value) in inputs.zigbuild_env {
        environment
            .entry(name.into())
            .or_insert_with(|| value.into());
    }
    let c_arguments: Vec<String> = remaps
        .iter()
        .map(|(from, to)| format!("-ffile-prefix-map={from}={to}"))
        .chain(c_macros::DATE_MACROS.map(str::to_owned))
        .collect();
    environment.insert(C_ARGUMENTS_VARIABLE.into(), c_arguments.join("\n").into());
    environment
        .entry("ZIG_GLOBAL_CACHE_DIR".into())
        .or_insert_with(|| inputs.zig_cache.as_str().into());
    for (name, folder) in inputs.openssl.variables() {
        environment.insert(name.into(), folder.as_str().into());
    }
    environment.insert("RUSTC".into(), inputs.toolchain.rustc.as_str().into());
    environment
}

/// The paths that must not be found in executables: what is remapped, and the directories of
/// the user, of cargo and of the cache.
fn machine_paths(request: &CompileRequest, remaps: Vec<(Utf8PathBuf, String)>) -> Vec<Utf8PathBuf> {
    let home = var(&request.environment, "HOME").map(Utf8PathBuf::from);
    remaps
        .into_iter()
        .map(|(from, _)| from)
        .chain(home)
        .chain([request.cache_dir.clone(), cargo_home(&request.environment)])
        .filter(|path| path != "/")
        .collect()
}

fn arguments(inputs: &Inputs<'_>, targets: &[&str], config: &[String]) -> Vec<String> {
    let request = inputs.request;
    let mut arguments = vec!["build".to_owned()];
    let mut add = |flag: &str, value: &str| {
        arguments.push(flag.to_owned());
        if !value.is_empty() {
            arguments.push(value.to_owned());
        }
    };
    add("--manifest-path", request.manifest_path.as_str());
    add("--package", &request.package);
    for bin in &request.bins {
        add("--bin", bin);
    }
    for target in targets {
        add("--target", target);
    }
    add("--profile", &request.profile);
    add("--message-format", "json-render-diagnostics");
    if !request.features.is_empty() {
        add("--features", &request.features.join(","));
    }
    if request.cargo.all_features {
        add("--all-features", "");
    }
    if request.cargo.no_default_features {
        add("--no-default-features", "");
    }
    for flag in request.cargo.lock.flags() {
        add(flag, "");
    }
    match request.cargo.verbosity {
        Verbosity::Quiet => add("--quiet", ""),
        Verbosity::Normal => {}
        Verbosity::Verbose(times) => (0..times).for_each(|_| add("--verbose", "")),
    }
    if let Some(jobs) = &request.cargo.jobs {
        add("--jobs", jobs);
    }
    if let Some(directory) = &request.cargo.target_dir {
        add("--target-dir", directory.as_str());
    }
    let tables: Vec<&toml::Table> = inputs
        .config
        .profiles
        .iter()
        .chain([&request.profiles])
        .collect();
    let is_set = sets_strip(&request.profile, &tables)
        || variable_sets_strip(&request.environment, &request.profile);
    if !is_set {
        let profile = table_name(&request.profile);
        add("--config", &format!("profile.{profile}.strip=\"symbols\""));
    }
    for value in config {
        add("--config", value);
    }
    arguments
}

#[cfg(test)]
#[path = "invocation_tests.rs"]
mod tests;
