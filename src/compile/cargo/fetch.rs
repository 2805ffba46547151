//! Where the sources of a package's dependencies are unpacked.
//!
//! A registry's folder has a name that depends on its address and is known only
//! when something was unpacked into it. It must be known before the first build,
//! or the first build would rename paths otherwise than the second.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

use super::build::RunError;
use crate::compile::env::cargo_home;
use crate::compile::request::Verbosity;
use crate::compile::request::{CompileRequest, HIDDEN_FROM_CARGO};
use crate::compile::toolchain::installed::Toolchain;

/// The part of `Cargo.lock` that says where packages come from.
#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    source: Option<String>,
}

/// The folders of the registries that the package uses, fetched from if they are
/// not there yet.
///
/// # Errors
/// cargo cannot fetch; it has said why.
pub fn ensure(
    request: &CompileRequest,
    toolchain: &Toolchain,
) -> Result<Vec<Utf8PathBuf>, RunError> {
    if let Some(folders) = look(request) {
        return Ok(folders);
    }
    let start = |source| RunError::Start {
        cargo: toolchain.cargo.clone(),
        source,
    };
    let lock = request.lock;
    let switches = [
        ("--locked", lock.locked),
        ("--offline", lock.offline),
        ("--frozen", lock.frozen),
        ("--quiet", request.verbosity == Verbosity::Quiet),
    ];
    let mut command = Command::new(&toolchain.cargo);
    command
        .args(["fetch", "--manifest-path", request.manifest_path.as_str()])
        .args(
            switches
                .iter()
                .filter(|(_, on)| *on)
                .map(|(switch, _)| switch),
        )
        .args(
            request
                .platforms
                .iter()
                .flat_map(|platform| ["--target", platform.rust_target()]),
        )
        .current_dir(&request.cwd)
        .env_clear()
        .envs(&request.environment)
        .env("RUSTC", &toolchain.rustc)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    for name in HIDDEN_FROM_CARGO {
        command.env_remove(name);
    }
    let status = request.processes.status(&mut command);
    if !status.map_err(start)?.success() {
        return Err(RunError::failed(request));
    }
    Ok(look(request).unwrap_or_default())
}

/// The folders, or nothing if one of the registries has none yet.
fn look(request: &CompileRequest) -> Option<Vec<Utf8PathBuf>> {
    let lock = fs::read_to_string(request.workspace_root.join("Cargo.lock")).ok()?;
    let home = cargo_home(&request.environment).join("registry/src");
    folders(&lock, &home)
}

fn folders(lock: &str, home: &Utf8Path) -> Option<Vec<Utf8PathBuf>> {
    let lock: Lock = toml::from_str(lock).ok()?;
    let mut of_source: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for package in &lock.package {
        if let Some(source) = package.source.as_deref()
            && (source.starts_with("registry+") || source.starts_with("sparse+"))
        {
            let name = format!("{}-{}", package.name, package.version);
            of_source.entry(source).or_default().push(name);
        }
    }
    let there: Vec<Utf8PathBuf> = home
        .read_dir_utf8()
        .map(|folders| {
            folders
                .flatten()
                .map(camino::Utf8DirEntry::into_path)
                .collect()
        })
        .unwrap_or_default();
    let mut used = BTreeSet::new();
    for packages in of_source.values() {
        let holds_one =
            |folder: &&Utf8PathBuf| packages.iter().any(|name| folder.join(name).is_dir());
        let mut folders = there.iter().filter(holds_one).peekable();
        folders.peek()?;
        used.extend(folders.cloned());
    }
    Some(used.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
        version = 4
        [[package]]
        name = "ours"
        version = "1.0.0"
        [[package]]
        name = "serde"
        version = "1.0.1"
        source = "registry+https://example.org/index"
    "#;

    #[test]
    fn only_folders_with_packages_of_the_lock_file_count() {
        let folder = tempfile::tempdir().unwrap();
        let home = Utf8Path::from_path(folder.path()).unwrap();
        fs::create_dir_all(home.join("public-1/serde-1.0.1")).unwrap();
        fs::create_dir_all(home.join("private-2/other-1.0.0")).unwrap();
        assert_eq!(folders(LOCK, home), Some(vec![home.join("public-1")]));
    }

    #[test]
    fn a_registry_from_which_nothing_was_fetched_is_unknown() {
        let folder = tempfile::tempdir().unwrap();
        let home = Utf8Path::from_path(folder.path()).unwrap();
        assert_eq!(folders(LOCK, &home.join("missing")), None);
        fs::create_dir_all(home.join("public-1/serde-1.0.2")).unwrap();
        assert_eq!(folders(LOCK, home), None);
    }

    #[test]
    fn a_package_without_dependencies_needs_no_folder() {
        assert_eq!(
            folders("version = 4", Utf8Path::new("/missing")),
            Some(Vec::new())
        );
    }
}
