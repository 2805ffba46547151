//! The environment variables of a build, and what follows from them.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use camino::{Utf8Path, Utf8PathBuf};

/// The variables of a process.
pub type Environment = BTreeMap<OsString, OsString>;

/// A variable as text, if it is set to some.
pub(crate) fn text<'a>(environment: &'a Environment, name: &str) -> Option<&'a str> {
    environment
        .get(OsStr::new(name))
        .and_then(|value| value.to_str())
        .filter(|value| !value.is_empty())
}

/// Where cargo keeps registries and the checkouts of git dependencies.
#[must_use]
pub fn cargo_home(environment: &Environment) -> Utf8PathBuf {
    match text(environment, "CARGO_HOME") {
        Some(home) => home.into(),
        None => Utf8Path::new(text(environment, "HOME").unwrap_or("/")).join(".cargo"),
    }
}

/// Where rustup keeps toolchains and settings, if there is a place for it.
pub(crate) fn rustup_home(environment: &Environment) -> Option<Utf8PathBuf> {
    match text(environment, "RUSTUP_HOME") {
        Some(home) => Some(home.into()),
        None => Some(Utf8Path::new(text(environment, "HOME")?).join(".rustup")),
    }
}

/// The folders of `PATH` whose names are text.
pub(crate) fn path_folders(environment: &Environment) -> Vec<Utf8PathBuf> {
    let path = text(environment, "PATH").unwrap_or_default();
    std::env::split_paths(path)
        .filter_map(|folder| Utf8PathBuf::from_path_buf(folder).ok())
        .collect()
}

/// The first program of this name on the `PATH`.
pub(crate) fn on_path(environment: &Environment, name: &str) -> Option<Utf8PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let executable = |path: &Utf8PathBuf| {
        let metadata = path.metadata();
        metadata
            .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    };
    path_folders(environment)
        .into_iter()
        .map(|folder| folder.join(name))
        .find(executable)
}
