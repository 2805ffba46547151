//! What cargo is told: arguments and variables, from values alone.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::recorder::{PREFIX_MAP_VARIABLE, ZigEnvironment};
use super::rustflags::{self, UserFlags};
use super::standard_library::{Std, StdOrigin};
use super::toolchain::Toolchain;
use super::{CompileRequest, Environment, HIDDEN_FROM_CARGO, text};

/// Where the workspace seems to be, for panics and debuggers.
const WORKSPACE: &str = "/workspace";
/// Where the sources of dependencies seem to be.
const CRATES: &str = "/crates";

/// The features of the package that are built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// `--features`.
    pub list: Vec<String>,
    /// `--all-features`.
    pub all: bool,
    /// `--no-default-features`.
    pub no_default: bool,
}

/// What of `Cargo.lock` and of the network may be used, as cargo's flags say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LockMode {
    /// `--locked`: `Cargo.lock` must be there and is not changed.
    pub locked: bool,
    /// `--offline`: nothing is downloaded.
    pub offline: bool,
    /// `--frozen`: both.
    pub frozen: bool,
}

impl LockMode {
    /// Whether nothing may be downloaded.
    #[must_use]
    pub fn is_offline(self) -> bool {
        self.offline || self.frozen
    }
}

/// How much cargo says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// `-q`
    Quiet,
    /// As it does by itself.
    #[default]
    Normal,
    /// `-v`, so many times.
    Verbose(u8),
}

/// A call of cargo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The program.
    pub cargo: Utf8PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// All of its variables.
    pub environment: Environment,
    /// Where it is run.
    pub cwd: Utf8PathBuf,
    /// Folders of this machine that must not be found in what it makes.
    pub machine_paths: Vec<Utf8PathBuf>,
}

/// What a plan depends on.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// What is asked for.
    pub request: &'a CompileRequest,
    /// With which compiler.
    pub toolchain: &'a Toolchain,
    /// With which standard library.
    pub std: &'a Std,
    /// The variables that make cargo link with zig.
    pub zig: &'a ZigEnvironment,
    /// Where zig keeps the C libraries that it has built.
    pub zig_cache: &'a Utf8Path,
    /// The user's rustflags.
    pub user_flags: &'a UserFlags,
    /// The folders that the package's dependencies are unpacked in.
    pub registries: &'a [Utf8PathBuf],
}

/// Where cargo keeps registries and the checkouts of git dependencies.
#[must_use]
pub fn cargo_home(environment: &Environment) -> Utf8PathBuf {
    match text(environment, "CARGO_HOME") {
        Some(home) => home.into(),
        None => Utf8Path::new(text(environment, "HOME").unwrap_or("/")).join(".cargo"),
    }
}

/// Decides what cargo is told.
#[must_use]
pub fn plan(inputs: &Inputs<'_>) -> Plan {
    let request = inputs.request;
    let renames = renames(inputs);
    let targets: Vec<&'static str> = request
        .platforms
        .iter()
        .map(|platform| platform.rust_target())
        .collect();
    let ours: Vec<(&str, Vec<String>)> = targets
        .iter()
        .map(|target| (*target, our_flags(inputs, target, &renames)))
        .collect();
    let merged = rustflags::merge(inputs.user_flags, &ours);

    let mut environment = request.environment.clone();
    for name in HIDDEN_FROM_CARGO {
        environment.remove(std::ffi::OsStr::new(name));
    }
    for (name, value) in inputs.zig {
        environment
            .entry(name.into())
            .or_insert_with(|| value.into());
    }
    let maps = renames
        .iter()
        .map(|(from, to)| format!("-ffile-prefix-map={from}={to}"));
    environment.insert(
        PREFIX_MAP_VARIABLE.into(),
        maps.collect::<Vec<_>>().join("\n").into(),
    );
    environment
        .entry("ZIG_GLOBAL_CACHE_DIR".into())
        .or_insert_with(|| inputs.zig_cache.as_str().into());
    environment.insert("RUSTC".into(), inputs.toolchain.rustc.as_str().into());
    if let Some(encoded) = &merged.encoded {
        environment.insert("CARGO_ENCODED_RUSTFLAGS".into(), encoded.into());
    }

    Plan {
        cargo: inputs.toolchain.cargo.clone(),
        arguments: arguments(request, &targets, &merged.config),
        environment,
        cwd: request.cwd.clone(),
        machine_paths: renames
            .into_keys()
            .chain(text(&request.environment, "HOME").map(Utf8PathBuf::from))
            .chain([request.cache_dir.clone()])
            // `/` and `/root` are in too many strings that betray nothing.
            .filter(|path| path.components().count() > 2)
            .collect(),
    }
}

fn arguments(request: &CompileRequest, targets: &[&str], config: &[String]) -> Vec<String> {
    let mut arguments = vec!["build".to_owned()];
    let mut say = |flag: &str, value: &str| {
        arguments.push(flag.to_owned());
        if !value.is_empty() {
            arguments.push(value.to_owned());
        }
    };
    say("--manifest-path", request.manifest_path.as_str());
    say("--package", &request.package);
    for bin in &request.bins {
        say("--bin", bin);
    }
    for target in targets {
        say("--target", target);
    }
    say("--profile", &request.profile);
    say("--message-format", "json-render-diagnostics");
    if !request.features.list.is_empty() {
        say("--features", &request.features.list.join(","));
    }
    let switches = [
        ("--all-features", request.features.all),
        ("--no-default-features", request.features.no_default),
        ("--locked", request.lock.locked),
        ("--offline", request.lock.offline),
        ("--frozen", request.lock.frozen),
        ("--quiet", request.verbosity == Verbosity::Quiet),
    ];
    for (switch, _) in switches.iter().filter(|(_, on)| *on) {
        say(switch, "");
    }
    if let Verbosity::Verbose(times) = request.verbosity {
        (0..times).for_each(|_| say("--verbose", ""));
    }
    if let Some(jobs) = &request.jobs {
        say("--jobs", jobs);
    }
    if let Some(folder) = &request.target_dir {
        say("--target-dir", folder.as_str());
    }
    if !request.profile_says_strip {
        let profile = toml_profile(&request.profile);
        say("--config", &format!("profile.{profile}.strip=\"symbols\""));
    }
    for value in config {
        say("--config", value);
    }
    arguments
}

/// The table of a profile: cargo calls `dev` what `--profile` may call `debug`.
fn toml_profile(profile: &str) -> &str {
    if profile == "debug" { "dev" } else { profile }
}

/// Folders of this machine and the names that they get in what is compiled. The
/// longest comes last, because rustc lets the last match win.
fn renames(inputs: &Inputs<'_>) -> BTreeMap<Utf8PathBuf, String> {
    let home = cargo_home(&inputs.request.environment);
    let commit = inputs.toolchain.commit();
    let mut renames = BTreeMap::from([
        (inputs.request.workspace_root.clone(), WORKSPACE.to_owned()),
        (
            inputs.request.workspace_root.join("vendor"),
            CRATES.to_owned(),
        ),
        (home.join("git/checkouts"), CRATES.to_owned()),
        (inputs.std.source.clone(), format!("/rustc/{commit}")),
    ]);
    // Each registry has a folder of its own, whose name depends on its address.
    for registry in inputs.registries {
        renames.insert(registry.clone(), CRATES.to_owned());
    }
    renames
}

fn our_flags(
    inputs: &Inputs<'_>,
    target: &str,
    renames: &BTreeMap<Utf8PathBuf, String>,
) -> Vec<String> {
    let mut flags = vec![
        // Said outright: its default for musl is planned to change.
        "-Ctarget-feature=+crt-static".to_owned(),
        // zig brings its own start files and C library.
        "-Clink-self-contained=no".to_owned(),
        // zig takes no `-static-pie`: with this it makes one.
        "-Clink-arg=-pie".to_owned(),
    ];
    if inputs.std.origin == StdOrigin::Built
        && let Some(folder) = inputs.std.folders.get(target)
    {
        flags.push(format!("-L{folder}"));
    }
    flags.extend(
        renames
            .iter()
            .map(|(from, to)| format!("--remap-path-prefix={from}={to}")),
    );
    flags
}
