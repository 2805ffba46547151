//! What cargo-zigbuild knows of linking with zig, asked once and kept.
//!
//! cargo-zigbuild is run with a recorder in the place of cargo, which writes down
//! the variables that it was given: compilers, archivers, linkers and CMake
//! toolchain files for each target. cargo itself is then run with them, so that a
//! build in which nothing changed costs what plain cargo costs.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};

use super::zig::{CARGO_ZIGBUILD_VERSION, Tools};
use crate::compile::cache_key::key_of;
use crate::compile::cargo::rustflags::UserFlags;
use crate::compile::context::Surroundings;
use crate::compile::env::Environment;
use crate::compile::script::make_executable;
use crate::compile::toolchain::installed::Toolchain;

/// Holds arguments for the C compilers, each in a line of its own: the wrappers read
/// it, so that the user's `CFLAGS` stay the user's.
pub const C_ARGUMENTS_VARIABLE: &str = "MUSLIN_C_ARGUMENTS";

/// Counts up when what is written here changes its form.
const FORM: &str = "3";

/// Variables by name.
pub type ZigEnvironment = BTreeMap<String, String>;

/// Why cargo-zigbuild could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum RecorderError {
    /// The cache cannot be written.
    #[error("cannot write to `{path}`")]
    Write {
        /// The folder.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// cargo-zigbuild failed.
    #[error("`{program}` failed: {message}")]
    Zigbuild {
        /// The program.
        program: Utf8PathBuf,
        /// What it said.
        message: String,
    },
}

/// The variables with which cargo links these targets by zig.
///
/// # Errors
/// What [`RecorderError`] says.
pub fn record(
    surroundings: &Surroundings<'_>,
    tools: &Tools,
    toolchain: &Toolchain,
    targets: &[&str],
    user_flags: &UserFlags,
) -> Result<ZigEnvironment, RecorderError> {
    let mut all = ZigEnvironment::new();
    for target in targets {
        all.extend(record_one(
            surroundings,
            tools,
            toolchain,
            target,
            user_flags,
        )?);
    }
    Ok(all)
}

/// The variables for one target. Each has wrappers of its own, so that what was
/// compiled for one target does not depend on which others were asked for.
fn record_one(
    surroundings: &Surroundings<'_>,
    tools: &Tools,
    toolchain: &Toolchain,
    target: &str,
    user_flags: &UserFlags,
) -> Result<ZigEnvironment, RecorderError> {
    let key = key_of(&BTreeMap::from([
        ("form", FORM.to_owned()),
        ("zig", format!("{} {}", tools.zig, tools.zig_version)),
        (
            "zigbuild",
            format!("{} {CARGO_ZIGBUILD_VERSION}", tools.cargo_zigbuild),
        ),
        ("rustc", toolchain.verbose_version.clone()),
        ("target", target.to_owned()),
        // A target CPU reaches zig, too.
        ("rustflags", user_flags.fingerprint()),
    ]));
    // The wrappers' paths are what the cc crate watches: they stay where they are.
    let folder = surroundings.cache_dir.join("linkers").join(key);
    let done = folder.join("environment.json");
    if let Some(known) = read(&done) {
        return Ok(known);
    }
    let unwritable = |source| RecorderError::Write {
        path: folder.clone(),
        source,
    };
    fs::create_dir_all(&folder).map_err(unwritable)?;
    let lock = File::open(&folder).map_err(unwritable)?;
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive)
        .map_err(|error| unwritable(error.into()))?;
    if let Some(known) = read(&done) {
        return Ok(known);
    }
    let environment = ask(surroundings, tools, toolchain, target, &folder)?;
    add_arguments(&folder).map_err(unwritable)?;
    let file = tempfile::NamedTempFile::new_in(&folder).map_err(unwritable)?;
    serde_json::to_writer(&file, &environment).map_err(|error| unwritable(error.into()))?;
    file.persist(&done)
        .map_err(|error| unwritable(error.error))?;
    Ok(environment)
}

fn read(path: &Utf8Path) -> Option<ZigEnvironment> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Runs cargo-zigbuild in an empty package and gives what it added to the environment.
fn ask(
    surroundings: &Surroundings<'_>,
    tools: &Tools,
    toolchain: &Toolchain,
    target: &str,
    folder: &Utf8Path,
) -> Result<ZigEnvironment, RecorderError> {
    let unwritable = |source| RecorderError::Write {
        path: folder.to_owned(),
        source,
    };
    let package = tempfile::Builder::new()
        .prefix(".ask-")
        .tempdir_in(folder)
        .map_err(unwritable)?;
    let package = Utf8Path::from_path(package.path()).expect("the cache's name is text");
    let recorded = package.join("recorded");
    let recorder = package.join("recorder");
    let write = |name: &str, text: &str| fs::write(package.join(name), text).map_err(unwritable);
    write(
        "Cargo.toml",
        "[package]\nname = \"asks\"\nversion = \"0.0.0\"\n[lib]\npath = \"lib.rs\"\n[workspace]\n",
    )?;
    write("lib.rs", "")?;
    write(
        "recorder",
        &format!("#!/bin/sh\nexec env -0 > '{recorded}'\n"),
    )?;
    make_executable(&recorder).map_err(unwritable)?;

    let failed = |message: String| RecorderError::Zigbuild {
        program: tools.cargo_zigbuild.clone(),
        message,
    };
    let mut command = Command::new(&tools.cargo_zigbuild);
    command
        .args(["zigbuild", "--release", "--target", target])
        .current_dir(package)
        .env_clear()
        .envs(asked_with(surroundings.environment))
        .env("CARGO", &recorder)
        .env("RUSTC", &toolchain.rustc)
        .env("CARGO_ZIGBUILD_CACHE_DIR", folder)
        .env("CARGO_ZIGBUILD_ZIG_PATH", &tools.zig)
        .env("ZIG_GLOBAL_CACHE_DIR", &tools.zig_cache);
    let output = surroundings
        .processes
        .output(&mut command)
        .map_err(|error| failed(error.to_string()))?;
    let variables = fs::read(&recorded).unwrap_or_default();
    if !output.status.success() || variables.is_empty() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(failed(said.trim().to_owned()));
    }
    let unchanged = |name: &str, value: &str| {
        surroundings
            .environment
            .get(std::ffi::OsStr::new(name))
            .is_some_and(|old| old == value)
    };
    let ours = ["CARGO", "RUSTC", "PWD", "OLDPWD", "SHLVL", "_"];
    Ok(String::from_utf8_lossy(&variables)
        .split('\0')
        .filter_map(|variable| variable.split_once('='))
        .filter(|(name, value)| !ours.contains(name) && !unchanged(name, value))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

/// The variables that cargo-zigbuild needs or that the record's key stands for: a
/// compiler or linker that the user has set for one build is none for all.
fn asked_with(environment: &Environment) -> impl Iterator<Item = (&OsStr, &OsStr)> {
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
        .map(|(name, value)| (name.as_os_str(), value.as_os_str()))
        .filter(move |(name, _)| names.iter().any(|known| name == known))
}

/// Makes the wrappers of the C compilers add [`C_ARGUMENTS_VARIABLE`] to what they
/// are given: in front of zig, where neither the cc crate nor CMake sees it change.
fn add_arguments(folder: &Utf8Path) -> io::Result<()> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir_utf8()? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.into_path());
                continue;
            }
            let compiles = ["zigcc-", "zigcxx-"]
                .iter()
                .any(|name| entry.file_name().starts_with(name));
            if compiles {
                let script = fs::read_to_string(entry.path())?;
                fs::write(entry.path(), with_arguments(&script))?;
            }
        }
    }
    Ok(())
}

/// The wrapper with the lines of the variable as arguments in front of the others.
fn with_arguments(script: &str) -> String {
    let split = format!(
        "IFS='\n'\nset -f\nset -- ${{{C_ARGUMENTS_VARIABLE}-}} \"$@\"\nset +f\nunset IFS\nexec "
    );
    script.replacen("exec ", &split, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapper_adds_the_arguments_and_keeps_every_argument_whole() {
        let script = with_arguments("#!/bin/sh\nexec printf '<%s>' zig \"$@\"\n");
        let run = |ours: Option<&str>| {
            let mut command = Command::new("sh");
            command.args(["-c", &script, "sh", "-c", "a b.c", "*"]);
            command.envs(ours.map(|ours| (C_ARGUMENTS_VARIABLE, ours)));
            String::from_utf8(command.output().unwrap().stdout).unwrap()
        };
        assert_eq!(run(None), "<zig><-c><a b.c><*>");
        assert_eq!(
            run(Some("-fa=/a b\n-fc=d")),
            "<zig><-fa=/a b><-fc=d><-c><a b.c><*>"
        );
    }
}
