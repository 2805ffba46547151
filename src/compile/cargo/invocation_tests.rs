//! Tests of the invocation, from invented inputs: no program is run.

use std::collections::BTreeMap;

use super::*;
use crate::compile::cargo::rustflags::UserRustflags;
use crate::compile::process::Processes;
use crate::compile::request::{CargoOptions, LockMode};
use crate::compile::sccache::SccacheMode;
use crate::compile::toolchain::musl_std::StdOrigin;
use crate::platform::TargetPlatform;

fn request() -> CompileRequest {
    CompileRequest {
        manifest_path: "/home/someone/app/Cargo.toml".into(),
        workspace_root: "/home/someone/app".into(),
        package: "app".to_owned(),
        bins: vec!["app".to_owned()],
        platforms: vec![TargetPlatform::LinuxAmd64, TargetPlatform::LinuxArm64],
        profile: "release".to_owned(),
        profiles: toml::Table::new(),
        features: Vec::new(),
        cargo: CargoOptions::default(),
        cwd: "/home/someone/app".into(),
        environment: Environment::from([("HOME".into(), "/home/someone".into())]),
        cache_dir: "/home/someone/.cache/muslin".into(),
        processes: Processes::default(),
    }
}

fn invocation_for(request: &CompileRequest) -> Invocation {
    configured(request, &plain_config(), None)
}

fn plain_config() -> CargoConfig {
    CargoConfig {
        rustflags: UserRustflags::Environment(Vec::new()),
        target_dir: None,
        build_dir: None,
        rustc_wrapper: None,
        environment: Environment::new(),
        profiles: Vec::new(),
    }
}

fn configured(
    request: &CompileRequest,
    config: &CargoConfig,
    build_dir: Option<&Utf8PathBuf>,
) -> Invocation {
    let toolchain = Toolchain {
        cargo: "/usr/bin/cargo".into(),
        rustc: "/usr/bin/rustc".into(),
        verbose_version: "rustc 1.96.0\ncommit-hash: c0ffee".to_owned(),
        sysroot: "/usr".into(),
    };
    let std = MuslStd {
        origin: StdOrigin::Toolchain,
        search_paths: BTreeMap::new(),
        rust_src: "/usr/lib/rustlib/src/rust".into(),
    };
    let zigbuild_env = ZigbuildEnv::from([
        (
            "CC_x86_64_unknown_linux_musl".to_owned(),
            "zigcc".to_owned(),
        ),
        (
            "AR_x86_64_unknown_linux_musl".to_owned(),
            "zigar".to_owned(),
        ),
    ]);
    Invocation::new(&Inputs {
        request,
        toolchain: &toolchain,
        std: &std,
        zigbuild_env: &zigbuild_env,
        zig_cache: "/home/someone/.cache/muslin/zig-cache".into(),
        config,
        build_dir,
        openssl: &Openssl::default(),
        registry_sources: &[],
    })
}

fn variable<'a>(invocation: &'a Invocation, name: &str) -> Option<&'a str> {
    var(&invocation.environment, name)
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
fn one_invocation_builds_every_target_and_strips() {
    let invocation = invocation_for(&request());
    let expected = "build --manifest-path /home/someone/app/Cargo.toml --package app --bin app \
         --target x86_64-unknown-linux-musl --target aarch64-unknown-linux-musl \
         --profile release --message-format json-render-diagnostics \
         --config profile.release.strip=\"symbols\"";
    assert_eq!(invocation.arguments.join(" "), expected);
}

#[test]
fn every_option_of_the_request_reaches_cargo() {
    let request = CompileRequest {
        features: vec!["a".to_owned(), "b".to_owned()],
        cargo: CargoOptions {
            all_features: true,
            no_default_features: true,
            lock: LockMode {
                locked: true,
                offline: true,
                frozen: true,
            },
            jobs: Some("3".to_owned()),
            target_dir: Some("/elsewhere".into()),
            verbosity: Verbosity::Verbose(2),
            sccache: SccacheMode::Auto,
        },
        profiles: toml::from_str("[release]\nstrip = false").unwrap(),
        ..request()
    };
    let arguments = invocation_for(&request).arguments.join(" ");
    let expected = "--features a,b --all-features --no-default-features --locked --offline \
         --frozen --verbose --verbose --jobs 3 --target-dir /elsewhere";
    assert!(arguments.ends_with(expected), "{arguments}");
}

#[test]
fn version_and_revision_are_hidden_from_cargo() {
    let request = with_variables(&[
        ("VERSION", "1.2.3"),
        ("COMMIT_SHA", "4f0c1d2"),
        ("SOURCE_DATE_EPOCH", "86400"),
    ]);
    let invocation = invocation_for(&request);
    assert_eq!(variable(&invocation, "VERSION"), None);
    assert_eq!(variable(&invocation, "COMMIT_SHA"), None);
    assert_eq!(variable(&invocation, "SOURCE_DATE_EPOCH"), Some("86400"));
}

#[test]
fn compilers_that_the_user_has_set_are_kept() {
    let request = with_variables(&[
        ("CC_x86_64_unknown_linux_musl", "mine"),
        ("ZIG_GLOBAL_CACHE_DIR", "/zig"),
    ]);
    let invocation = invocation_for(&request);
    assert_eq!(
        variable(&invocation, "CC_x86_64_unknown_linux_musl"),
        Some("mine")
    );
    assert_eq!(
        variable(&invocation, "AR_x86_64_unknown_linux_musl"),
        Some("zigar")
    );
    assert_eq!(variable(&invocation, "ZIG_GLOBAL_CACHE_DIR"), Some("/zig"));
}

#[test]
fn a_variable_that_sets_strip_or_debug_is_respected() {
    for name in ["CARGO_PROFILE_RELEASE_STRIP", "CARGO_PROFILE_RELEASE_DEBUG"] {
        let arguments = invocation_for(&with_variables(&[(name, "none")])).arguments;
        assert!(!arguments.join(" ").contains("strip"), "{name}");
    }
    let other = with_variables(&[("CARGO_PROFILE_DEV_STRIP", "none")]);
    assert!(invocation_for(&other).arguments.join(" ").contains("strip"));
}

#[test]
fn target_and_build_directories_are_remapped_to_one_inside_the_workspace() {
    let by_option = CompileRequest {
        cargo: CargoOptions {
            target_dir: Some("../elsewhere/out".into()),
            ..CargoOptions::default()
        },
        ..request()
    };
    let config = |target_dir: Option<&str>| CargoConfig {
        target_dir: target_dir.map(Utf8PathBuf::from),
        ..plain_config()
    };
    let build_dir = Utf8PathBuf::from("/elsewhere/out");
    for (request, config, build_dir) in [
        (by_option, config(Some("/hidden")), None),
        (request(), config(Some("/elsewhere/out")), None),
        (request(), config(None), Some(&build_dir)),
    ] {
        let invocation = configured(&request, &config, build_dir);
        let flags = variable(&invocation, "MUSLIN_TARGET_REMAPS").unwrap();
        assert!(!flags.contains("/hidden"), "{flags}");
        let is_remapped = flags
            .lines()
            .any(|flag| flag.ends_with("elsewhere/out=/workspace/target"));
        assert!(is_remapped, "{flags}");
        let is_searched = |path: &Utf8PathBuf| path.as_str().ends_with("elsewhere/out");
        assert!(invocation.machine_paths.iter().any(is_searched));
    }
}

#[test]
fn the_root_is_not_searched_for() {
    let mut request = request();
    for home in ["/", "/root"] {
        request.environment.insert("HOME".into(), home.into());
        let searched = invocation_for(&request).machine_paths;
        assert_eq!(searched.contains(&home.into()), home != "/");
    }
}
