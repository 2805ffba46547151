//! Environment variables, and the directories and programs that they lead to.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::fs::PermissionsExt as _;

use camino::{Utf8Path, Utf8PathBuf};

/// The environment of a process.
pub type Environment = BTreeMap<OsString, OsString>;

/// The value of a variable; none if it is unset, empty or not UTF-8.
pub(crate) fn var<'a>(environment: &'a Environment, name: &str) -> Option<&'a str> {
    environment
        .get(OsStr::new(name))
        .and_then(|value| value.to_str())
        .filter(|value| !value.is_empty())
}

/// The home directory of cargo: `CARGO_HOME`, or `~/.cargo`.
#[must_use]
pub fn cargo_home(environment: &Environment) -> Utf8PathBuf {
    match var(environment, "CARGO_HOME") {
        Some(home) => home.into(),
        None => Utf8Path::new(var(environment, "HOME").unwrap_or("/")).join(".cargo"),
    }
}

/// The directory in which cargo keeps the archives of packages, by registry.
pub(crate) fn registry_cache(environment: &Environment) -> Utf8PathBuf {
    cargo_home(environment).join("registry/cache")
}

/// The directory in which cargo unpacks the packages of each registry.
pub(crate) fn registry_src(environment: &Environment) -> Utf8PathBuf {
    cargo_home(environment).join("registry/src")
}

/// The home directory of rustup: `RUSTUP_HOME`, or `~/.rustup`.
pub(crate) fn rustup_home(environment: &Environment) -> Option<Utf8PathBuf> {
    match var(environment, "RUSTUP_HOME") {
        Some(home) => Some(home.into()),
        None => Some(Utf8Path::new(var(environment, "HOME")?).join(".rustup")),
    }
}

/// The directories of `PATH` that are UTF-8.
pub(crate) fn path_directories(environment: &Environment) -> Vec<Utf8PathBuf> {
    let path = var(environment, "PATH").unwrap_or_default();
    std::env::split_paths(path)
        .filter_map(|directory| Utf8PathBuf::from_path_buf(directory).ok())
        .collect()
}

/// A program that a variable may choose, by its path or by another name.
pub(crate) fn program(
    environment: &Environment,
    variable: &str,
    name: &str,
) -> Option<Utf8PathBuf> {
    match var(environment, variable) {
        Some(path) if path.contains('/') => Some(path.into()),
        Some(path) => which(environment, path),
        None => which(environment, name),
    }
}

/// The first executable of this name on the `PATH`.
pub(crate) fn which(environment: &Environment, program: &str) -> Option<Utf8PathBuf> {
    let is_executable = |path: &Utf8PathBuf| {
        path.metadata()
            .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    };
    path_directories(environment)
        .into_iter()
        .map(|directory| directory.join(program))
        .find(is_executable)
}
