//! Whether a package needs an OpenSSL that muslin has to build.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use camino::Utf8Path;
use muslin_oci::digest::Digest;

use super::choice;
use crate::cache::expiry;
use crate::compile::cache_key::cache_key;
use crate::compile::env::Environment;
use crate::compile::request::{CompileRequest, HIDDEN_FROM_CARGO};
use crate::compile::toolchain::installed::Toolchain;
use crate::temporary;

/// The package that looks for OpenSSL.
pub(crate) const OPENSSL_SYS: &str = "openssl-sys";

/// The folder in the cache of what cargo answered.
const ANSWERS: &str = "answers";

/// Features of `openssl-sys` with which it looks for no OpenSSL: it builds its own, or takes another
/// library.
const WITHOUT: [&str; 4] = ["vendored", "unstable_boringssl", "aws-lc", "aws-lc-fips"];

/// The first version of `openssl-sys` that knows OpenSSL 3.
const KNOWS_OPENSSL_3: (u64, u64, u64) = (0, 9, 64);

/// Whether what cargo said of the same lock file and arguments before counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// It counts.
    Kept,
    /// It does not: `openssl-sys` has found no OpenSSL.
    Fresh,
}

/// The targets for which the package needs an OpenSSL, and the user has named none. cargo is asked
/// only where the lock file has `openssl-sys`. `environment` is that of cargo with the `[env]` table of its
/// configuration.
#[must_use]
pub fn targets(
    request: &CompileRequest,
    toolchain: &Toolchain,
    environment: &Environment,
    answers: Answers,
) -> Vec<&'static str> {
    let lock = fs::read_to_string(request.workspace_root.join("Cargo.lock")).unwrap_or_default();
    if !lock.contains(&format!("name = \"{OPENSSL_SYS}\"")) {
        return Vec::new();
    }
    let mut targets = request.targets();
    targets.retain(|target| choice::variable(environment, target).is_none());
    if targets.is_empty() || !looks_for_openssl(request, toolchain, &lock, answers) {
        return Vec::new();
    }
    targets
}

/// What [`ask`] gives, from the cache if it was asked before. Manifests that are not in the key can
/// change the answer: those of other members. A wrong yes builds what nobody uses; after a wrong no
/// `openssl-sys` fails, and cargo is asked again.
fn looks_for_openssl(
    request: &CompileRequest,
    toolchain: &Toolchain,
    lock: &str,
    answers: Answers,
) -> bool {
    let digest = |path: &Utf8Path| Digest::of(&fs::read(path).unwrap_or_default()).hex();
    let key = cache_key(&BTreeMap::from([
        ("question", OPENSSL_SYS.to_owned()),
        ("cargo", toolchain.verbose_version.clone()),
        ("lock", Digest::of(lock.as_bytes()).hex()),
        ("manifest", digest(&request.manifest_path)),
        (
            "workspace",
            digest(&request.workspace_root.join("Cargo.toml")),
        ),
        ("arguments", arguments(request).join("\n")),
    ]));
    let folder = request.cache_dir.join(ANSWERS);
    let file = folder.join(key);
    if answers == Answers::Kept
        && let Ok(kept) = fs::read_to_string(&file)
    {
        expiry::touch(&file);
        return kept == YES;
    }
    let Some(answer) = ask(request, toolchain) else {
        return false;
    };
    // If it cannot be kept, cargo is asked again the next time.
    let _ = fs::create_dir_all(&folder)
        .and_then(|()| temporary::file_in(&folder, ".new-"))
        .and_then(|kept| {
            fs::write(kept.path(), if answer { YES } else { NO })?;
            Ok(kept.persist(&file)?)
        });
    answer
}

const YES: &str = "yes";
const NO: &str = "no";

/// Asks cargo whether `openssl-sys` is compiled for a target and looks for an OpenSSL there. `None` if
/// cargo does not answer: it refuses the package, and `cargo build` will say why.
fn ask(request: &CompileRequest, toolchain: &Toolchain) -> Option<bool> {
    let mut command = Command::new(&toolchain.cargo);
    command
        .args(arguments(request))
        .current_dir(&request.cwd)
        .env_clear()
        .envs(&request.environment)
        .env("RUSTC", &toolchain.rustc)
        // Nothing is compiled, and a wrapper may not answer.
        .env("RUSTC_WRAPPER", "");
    for name in HIDDEN_FROM_CARGO {
        command.env_remove(name);
    }
    let output = request.processes.output(&mut command).ok()?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| is_looking(&stdout))
}

/// The arguments of `cargo tree` that make it print [`OPENSSL_SYS`] and its features, a line for each set
/// of features, if it is compiled for a target: not for build scripts and procedural macros, which run on this machine.
fn arguments(request: &CompileRequest) -> Vec<String> {
    let features = request.features.join(",");
    let mut arguments: Vec<&str> = vec![
        "tree",
        "--manifest-path",
        request.manifest_path.as_str(),
        "--package",
        &request.package,
        "--edges",
        "normal,no-proc-macro",
        "--invert",
        OPENSSL_SYS,
        "--depth",
        "0",
        "--prefix",
        "none",
        "--format",
        "{p}|{f}",
    ];
    for target in request.targets() {
        arguments.extend(["--target", target]);
    }
    if !features.is_empty() {
        arguments.extend(["--features", &features]);
    }
    let cargo = &request.cargo;
    arguments.extend(cargo.all_features.then_some("--all-features"));
    arguments.extend(cargo.no_default_features.then_some("--no-default-features"));
    for flag in cargo.lock.flags() {
        arguments.push(flag);
    }
    arguments.into_iter().map(str::to_owned).collect()
}

/// Reads `cargo tree`'s answer: `openssl-sys v0.9.1 (SOURCE)|FEATURE,FEATURE`.
fn is_looking(answer: &str) -> bool {
    let mut packages = answer.lines().filter_map(|line| line.split_once('|'));
    packages.any(|(package, features)| {
        let mut words = package.split(' ');
        words.next() == Some(OPENSSL_SYS)
            && words.next().is_some_and(knows_openssl_3)
            && !features.split(',').any(|name| WITHOUT.contains(&name))
    })
}

/// Whether a version, `v0.9.104`, is one that knows OpenSSL 3.
fn knows_openssl_3(version: &str) -> bool {
    let version = version.trim_start_matches('v');
    let mut numbers = version
        .splitn(3, '.')
        .map(|part| part.split(['-', '+']).next()?.parse::<u64>().ok());
    let mut next = || numbers.next().flatten();
    match (next(), next(), next()) {
        (Some(major), Some(minor), Some(patch)) => (major, minor, patch) >= KNOWS_OPENSSL_3,
        _ => false,
    }
}

#[cfg(test)]
#[path = "needed_tests.rs"]
mod tests;
