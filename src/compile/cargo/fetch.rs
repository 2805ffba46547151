//! Fetching a package's dependencies before they are compiled.
//!
//! The directory of a registry is named by a hash of its address and exists only when a package
//! was unpacked into it. It must be known before the first build, so that its path is remapped
//! in all builds alike.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::{Command, Stdio};

use camino::{Utf8DirEntry, Utf8Path, Utf8PathBuf};
use muslin_auditable::lockfile::Lockfile;

use super::error::CargoError;
use crate::compile::env::registry_src;
use crate::compile::request::{CompileRequest, HIDDEN_FROM_CARGO, Verbosity};
use crate::compile::toolchain::installed::Toolchain;

/// The directories in which the registries of the package's dependencies are unpacked. Runs
/// `cargo fetch` if one is missing.
///
/// # Errors
/// cargo cannot fetch; it has printed why.
pub fn registry_sources(
    request: &CompileRequest,
    toolchain: &Toolchain,
) -> Result<Vec<Utf8PathBuf>, CargoError> {
    if let Some(directories) = unpacked(request) {
        return Ok(directories);
    }
    let targets = request.targets();
    let mut command = Command::new(&toolchain.cargo);
    command
        .args(["fetch", "--manifest-path", request.manifest_path.as_str()])
        .args(request.cargo.lock.flags())
        .args((request.cargo.verbosity == Verbosity::Quiet).then_some("--quiet"))
        .args(targets.iter().flat_map(|target| ["--target", target]))
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
    let status = status.map_err(|source| CargoError::Run {
        cargo: toolchain.cargo.clone(),
        source,
    })?;
    if !status.success() {
        return Err(CargoError::failed(request));
    }
    Ok(unpacked(request).unwrap_or_default())
}

/// The directories, if every registry of the lock file has one.
fn unpacked(request: &CompileRequest) -> Option<Vec<Utf8PathBuf>> {
    let lock = fs::read_to_string(request.workspace_root.join("Cargo.lock")).ok()?;
    directories(&lock, &registry_src(&request.environment))
}

/// The directories in `registry_src` that contain packages of the lock file, if every registry
/// of the lock file has one.
fn directories(lock: &str, registry_src: &Utf8Path) -> Option<Vec<Utf8PathBuf>> {
    let mut registries: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in Lockfile::parse(lock).ok()?.packages() {
        if let Some(registry) = package.registry() {
            let packages = registries.entry(registry.to_owned()).or_default();
            packages.push(package.directory_name());
        }
    }
    let existing: Vec<Utf8PathBuf> = registry_src
        .read_dir_utf8()
        .map(|entries| entries.flatten().map(Utf8DirEntry::into_path).collect())
        .unwrap_or_default();
    let mut used = BTreeSet::new();
    for packages in registries.values() {
        let contains_one =
            |directory: &&Utf8PathBuf| packages.iter().any(|name| directory.join(name).is_dir());
        let mut of_registry = existing.iter().filter(contains_one).peekable();
        of_registry.peek()?;
        used.extend(of_registry.cloned());
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
    fn only_directories_with_packages_of_the_lock_file_count() {
        let scratch = tempfile::tempdir().unwrap();
        let src = Utf8Path::from_path(scratch.path()).unwrap();
        fs::create_dir_all(src.join("public-1/serde-1.0.1")).unwrap();
        fs::create_dir_all(src.join("private-2/other-1.0.0")).unwrap();
        assert_eq!(directories(LOCK, src), Some(vec![src.join("public-1")]));
    }

    #[test]
    fn a_registry_from_which_nothing_was_fetched_has_no_directory() {
        let scratch = tempfile::tempdir().unwrap();
        let src = Utf8Path::from_path(scratch.path()).unwrap();
        assert_eq!(directories(LOCK, &src.join("missing")), None);
        fs::create_dir_all(src.join("public-1/serde-1.0.2")).unwrap();
        assert_eq!(directories(LOCK, src), None);
    }

    #[test]
    fn a_package_without_dependencies_needs_no_directory() {
        let missing = Utf8Path::new("/missing");
        assert_eq!(directories("version = 4", missing), Some(Vec::new()));
    }
}
