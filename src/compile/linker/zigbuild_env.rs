//! The cached environment of cargo-zigbuild.
//!
//! cargo-zigbuild sets variables for cargo: compilers, archivers, linkers and CMake toolchain
//! files of each target. It is run once, with a script as `CARGO` that writes its environment
//! to a file. Builds then run cargo with the cached variables, which saves the 0.65 s that
//! cargo-zigbuild takes each time.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};

use super::cc_wrapper::patch_wrappers;
use super::wheels::cargo_zigbuild;
use super::zig::Zig;
use crate::cache::expiry;
use crate::compile::cache_key::cache_key;
use crate::compile::context::BuildContext;
use crate::compile::env::Environment;
use crate::compile::lock::lock_folder;
use crate::compile::script::write_script;
use crate::compile::toolchain::installed::Toolchain;
use crate::temporary;

/// The version of the cached data: another one makes another cache key.
const FORMAT: &str = "5";

/// The variables that cargo-zigbuild sets for cargo.
pub type ZigbuildEnv = BTreeMap<String, String>;

/// Why the environment of cargo-zigbuild is not known.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum ZigbuildEnvError {
    #[error("cannot write to `{path}`")]
    Write {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("`{program}` failed: {message}")]
    Zigbuild {
        program: Utf8PathBuf,
        message: String,
    },
}

/// Returns the variables that cargo-zigbuild sets for these targets, from the cache or by
/// running it. `rustflags` are the user's, for the cache key: zig gets their target CPU.
///
/// # Errors
/// What [`ZigbuildEnvError`] says.
pub fn get(
    context: &BuildContext<'_>,
    zig: &Zig,
    toolchain: &Toolchain,
    targets: &[&str],
    rustflags: &str,
) -> Result<ZigbuildEnv, ZigbuildEnvError> {
    let mut all = ZigbuildEnv::new();
    for target in targets {
        all.extend(of_target(context, zig, toolchain, target, rustflags)?);
    }
    Ok(all)
}

/// The variables for one target. Each target has wrappers of its own, so that the bytes for it
/// do not depend on the other targets of a build.
fn of_target(
    context: &BuildContext<'_>,
    zig: &Zig,
    toolchain: &Toolchain,
    target: &str,
    rustflags: &str,
) -> Result<ZigbuildEnv, ZigbuildEnvError> {
    let key = cache_key(&BTreeMap::from([
        ("form", FORMAT.to_owned()),
        ("zig", format!("{} {}", zig.path, zig.version)),
        (
            "zigbuild",
            format!("{} {}", zig.cargo_zigbuild, cargo_zigbuild().version),
        ),
        ("rustc", toolchain.verbose_version.clone()),
        ("target", target.to_owned()),
        ("rustflags", rustflags.to_owned()),
    ]));
    // The wrappers are made here and stay here, because the cc crate watches their paths.
    let folder = context.cache_dir.join("linkers").join(key);
    let file = folder.join("environment.json");
    if let Some(cached) = read(&file) {
        expiry::touch(&folder);
        return Ok(cached);
    }
    let unwritable = |source| ZigbuildEnvError::Write {
        path: folder.clone(),
        source,
    };
    fs::create_dir_all(&folder).map_err(unwritable)?;
    let _lock = lock_folder(&folder, context.processes).map_err(unwritable)?;
    // Another process may have written it meanwhile.
    if let Some(cached) = read(&file) {
        return Ok(cached);
    }
    let environment = run_zigbuild(context, zig, toolchain, target, &folder)?;
    patch_wrappers(&folder).map_err(unwritable)?;
    let temporary = temporary::file_in(&folder, ".new-").map_err(unwritable)?;
    serde_json::to_writer(&temporary, &environment).map_err(|error| unwritable(error.into()))?;
    temporary
        .persist(&file)
        .map_err(|error| unwritable(error.error))?;
    Ok(environment)
}

fn read(path: &Utf8Path) -> Option<ZigbuildEnv> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Runs cargo-zigbuild in an empty package and returns the variables that it sets for cargo.
/// It writes its wrappers to `folder`.
fn run_zigbuild(
    context: &BuildContext<'_>,
    zig: &Zig,
    toolchain: &Toolchain,
    target: &str,
    folder: &Utf8Path,
) -> Result<ZigbuildEnv, ZigbuildEnvError> {
    let unwritable = |source| ZigbuildEnvError::Write {
        path: folder.to_owned(),
        source,
    };
    let package = temporary::folder_in(folder, ".ask-").map_err(unwritable)?;
    let package = package.path();
    let dump = package.join("environment");
    let cargo = package.join("cargo.sh");
    let manifest =
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\n[lib]\npath = \"lib.rs\"\n[workspace]\n";
    fs::write(package.join("Cargo.toml"), manifest)
        .and_then(|()| fs::write(package.join("lib.rs"), ""))
        .and_then(|()| write_script(&cargo, &format!("#!/bin/sh\nexec env -0 > '{dump}'\n")))
        .map_err(unwritable)?;

    let failed = |message: String| ZigbuildEnvError::Zigbuild {
        program: zig.cargo_zigbuild.clone(),
        message,
    };
    let mut command = Command::new(&zig.cargo_zigbuild);
    command
        .args(["zigbuild", "--release", "--target", target])
        .current_dir(package)
        .env_clear()
        .envs(inherited(context.environment))
        .env("CARGO", &cargo)
        .env("RUSTC", &toolchain.rustc)
        .env("CARGO_ZIGBUILD_CACHE_DIR", folder)
        // `CARGO_ZIGBUILD_ZIG_PATH` would not do: a module `ziglang` of the python3 on PATH comes
        // before it, and would be written into the wrappers.
        .env("CARGO_ZIGBUILD_ZIG_COMMAND", &zig.path)
        .env("ZIG_GLOBAL_CACHE_DIR", &zig.cache);
    let output = context
        .processes
        .output(&mut command)
        .map_err(|error| failed(error.to_string()))?;
    let variables = fs::read(&dump).unwrap_or_default();
    if !output.status.success() || variables.is_empty() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        return Err(failed(stderr.trim().to_owned()));
    }
    let is_inherited =
        |name: &str, value: &str| context.environment.get(OsStr::new(name)) == Some(&value.into());
    let set_here = ["CARGO", "RUSTC", "PWD", "OLDPWD", "SHLVL", "_"];
    Ok(String::from_utf8_lossy(&variables)
        .split('\0')
        .filter_map(|variable| variable.split_once('='))
        .filter(|(name, value)| !set_here.contains(name) && !is_inherited(name, value))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

/// The variables that cargo-zigbuild needs and those that the cache key covers. Compilers and
/// linkers that the user sets for one build are left out: the cache is for all builds.
fn inherited(environment: &Environment) -> impl Iterator<Item = (&OsString, &OsString)> {
    let names = [
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_HOME",
        "HOME",
        "PATH",
        "RUSTFLAGS",
        "RUSTUP_HOME",
        "RUSTUP_TOOLCHAIN",
        "SDKROOT",
        "TMPDIR",
    ];
    environment
        .iter()
        .filter(move |(name, _)| names.iter().any(|known| name == known))
}
