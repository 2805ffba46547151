//! What cargo is told: arguments and variables, from values alone.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::rustflags::{self, UserFlags};
use crate::compile::env::{Environment, cargo_home, text};
use crate::compile::linker::c_macros;
use crate::compile::linker::zigbuild_env::{C_ARGUMENTS_VARIABLE, ZigEnvironment};
use crate::compile::request::{CompileRequest, HIDDEN_FROM_CARGO, Verbosity};
use crate::compile::toolchain::installed::Toolchain;
use crate::compile::toolchain::musl_std::{Std, StdOrigin};

/// Where the workspace seems to be, for panics and debuggers.
const WORKSPACE: &str = "/workspace";
/// Where the sources of dependencies seem to be.
const CRATES: &str = "/crates";

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
    let c_arguments: Vec<_> = renames
        .iter()
        .map(|(from, to)| format!("-ffile-prefix-map={from}={to}"))
        .chain(c_macros::definitions(text(
            &environment,
            "SOURCE_DATE_EPOCH",
        )))
        .collect();
    environment.insert(C_ARGUMENTS_VARIABLE.into(), c_arguments.join("\n").into());
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
            .chain([request.cache_dir.clone(), cargo_home(&request.environment)])
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
    let profile = toml_profile(&request.profile);
    if !request.profile_says_strip && !environment_says_strip(&request.environment, profile) {
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

/// Whether a variable says what is to be stripped or how much debug information
/// there is (the cargo book, "Profiles").
fn environment_says_strip(environment: &Environment, profile: &str) -> bool {
    let profile = profile.to_uppercase().replace('-', "_");
    let set = |setting| text(environment, &format!("CARGO_PROFILE_{profile}_{setting}"));
    set("STRIP").or_else(|| set("DEBUG")).is_some()
}

/// Where cargo is told to put what it makes, if that is not in the workspace.
fn target_dir(request: &CompileRequest) -> Option<Utf8PathBuf> {
    let told = |name| text(&request.environment, name).map(Utf8PathBuf::from);
    let folder = request.target_dir.clone();
    let folder = folder
        .or_else(|| told("CARGO_TARGET_DIR"))
        .or_else(|| told("CARGO_BUILD_TARGET_DIR"))?;
    Some(request.cwd.join(folder))
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
    // Code that build scripts write is in there.
    if let Some(folder) = target_dir(inputs.request) {
        renames.insert(folder, format!("{WORKSPACE}/target"));
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::process::Processes;
    use crate::compile::request::{Features, LockMode};
    use crate::platform::TargetPlatform;

    fn request() -> CompileRequest {
        CompileRequest {
            manifest_path: "/home/someone/app/Cargo.toml".into(),
            workspace_root: "/home/someone/app".into(),
            package: "app".to_owned(),
            bins: vec!["app".to_owned()],
            platforms: vec![TargetPlatform::LinuxAmd64, TargetPlatform::LinuxArm64],
            profile: "release".to_owned(),
            profile_says_strip: false,
            features: Features::default(),
            lock: LockMode::default(),
            jobs: None,
            target_dir: None,
            verbosity: Verbosity::Normal,
            cwd: "/home/someone/app".into(),
            environment: Environment::from([("HOME".into(), "/home/someone".into())]),
            cache_dir: "/home/someone/.cache/muslin".into(),
            processes: Processes::default(),
        }
    }

    fn plan_for(request: &CompileRequest) -> Plan {
        let toolchain = Toolchain {
            cargo: "/usr/bin/cargo".into(),
            rustc: "/usr/bin/rustc".into(),
            verbose_version: "rustc 1.96.0\ncommit-hash: c0ffee".to_owned(),
            sysroot: "/usr".into(),
        };
        let std = Std {
            origin: StdOrigin::Toolchain,
            folders: BTreeMap::new(),
            source: "/usr/lib/rustlib/src/rust".into(),
        };
        let zig = ZigEnvironment::from([
            (
                "CC_x86_64_unknown_linux_musl".to_owned(),
                "zigcc".to_owned(),
            ),
            (
                "AR_x86_64_unknown_linux_musl".to_owned(),
                "zigar".to_owned(),
            ),
        ]);
        plan(&Inputs {
            request,
            toolchain: &toolchain,
            std: &std,
            zig: &zig,
            zig_cache: "/home/someone/.cache/muslin/zig-cache".into(),
            user_flags: &UserFlags::Environment(Vec::new()),
            registries: &[],
        })
    }

    fn variable<'a>(plan: &'a Plan, name: &str) -> Option<&'a str> {
        text(&plan.environment, name)
    }

    fn with_variables(variables: &[(&str, &str)]) -> CompileRequest {
        let mut request = request();
        let variables = variables.iter();
        request
            .environment
            .extend(variables.map(|(name, value)| (name.into(), value.into())));
        request
    }

    #[test]
    fn one_call_builds_every_target_and_strips() {
        let plan = plan_for(&request());
        let expected = "build --manifest-path /home/someone/app/Cargo.toml --package app --bin app \
             --target x86_64-unknown-linux-musl --target aarch64-unknown-linux-musl \
             --profile release --message-format json-render-diagnostics \
             --config profile.release.strip=\"symbols\"";
        assert_eq!(plan.arguments.join(" "), expected);
    }

    #[test]
    fn every_flag_of_the_user_reaches_cargo() {
        let request = CompileRequest {
            features: Features {
                list: vec!["a".to_owned(), "b".to_owned()],
                all: true,
                no_default: true,
            },
            lock: LockMode {
                locked: true,
                offline: true,
                frozen: true,
            },
            jobs: Some("3".to_owned()),
            target_dir: Some("/elsewhere".into()),
            verbosity: Verbosity::Verbose(2),
            profile_says_strip: true,
            ..request()
        };
        let arguments = plan_for(&request).arguments.join(" ");
        let expected = "--features a,b --all-features --no-default-features --locked --offline \
             --frozen --verbose --verbose --jobs 3 --target-dir /elsewhere";
        assert!(arguments.ends_with(expected), "{arguments}");
    }

    #[test]
    fn labels_of_the_image_are_hidden_from_cargo() {
        let request = with_variables(&[
            ("VERSION", "1.2.3"),
            ("COMMIT_SHA", "4f0c1d2"),
            ("SOURCE_DATE_EPOCH", "86400"),
        ]);
        let plan = plan_for(&request);
        assert_eq!(variable(&plan, "VERSION"), None);
        assert_eq!(variable(&plan, "COMMIT_SHA"), None);
        assert_eq!(variable(&plan, "SOURCE_DATE_EPOCH"), Some("86400"));
    }

    #[test]
    fn compilers_that_the_user_has_set_are_kept() {
        let request = with_variables(&[
            ("CC_x86_64_unknown_linux_musl", "mine"),
            ("ZIG_GLOBAL_CACHE_DIR", "/zig"),
        ]);
        let plan = plan_for(&request);
        assert_eq!(
            variable(&plan, "CC_x86_64_unknown_linux_musl"),
            Some("mine")
        );
        assert_eq!(
            variable(&plan, "AR_x86_64_unknown_linux_musl"),
            Some("zigar")
        );
        assert_eq!(variable(&plan, "ZIG_GLOBAL_CACHE_DIR"), Some("/zig"));
    }

    #[test]
    fn a_variable_that_says_what_is_stripped_counts() {
        for name in ["CARGO_PROFILE_RELEASE_STRIP", "CARGO_PROFILE_RELEASE_DEBUG"] {
            let arguments = plan_for(&with_variables(&[(name, "none")])).arguments;
            assert!(!arguments.join(" ").contains("strip"), "{name}");
        }
        let other = with_variables(&[("CARGO_PROFILE_DEV_STRIP", "none")]);
        assert!(plan_for(&other).arguments.join(" ").contains("strip"));
    }

    #[test]
    fn a_target_folder_outside_the_workspace_gets_the_name_of_one_inside() {
        let by_flag = CompileRequest {
            target_dir: Some("/elsewhere/out".into()),
            ..request()
        };
        for request in [
            by_flag,
            with_variables(&[("CARGO_TARGET_DIR", "/elsewhere/out")]),
            with_variables(&[("CARGO_TARGET_DIR", "../../../elsewhere/out")]),
        ] {
            let plan = plan_for(&request);
            let flags = variable(&plan, "CARGO_ENCODED_RUSTFLAGS").unwrap();
            let last = flags.split(rustflags::SEPARATOR).collect::<Vec<_>>();
            let renamed = last
                .iter()
                .any(|flag| flag.ends_with("elsewhere/out=/workspace/target"));
            assert!(renamed, "{flags}");
            let searched = |path: &Utf8PathBuf| path.as_str().ends_with("elsewhere/out");
            assert!(plan.machine_paths.iter().any(searched));
        }
    }

    #[test]
    fn folders_that_are_in_every_path_are_not_searched_for() {
        let mut request = request();
        request.environment.insert("HOME".into(), "/root".into());
        assert!(!plan_for(&request).machine_paths.contains(&"/root".into()));
    }
}
