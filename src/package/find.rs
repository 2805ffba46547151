//! Finding the package that is meant, as cargo finds it.

use camino::{Utf8Path, Utf8PathBuf};

use super::manifest::{ManifestError, Package, complete, read};
use super::workspace::{named_members, normal, workspace_root};
use crate::quote::quoted;

/// Which package is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// A folder or a `Cargo.toml`; without it the nearest above the current folder.
    pub path: Option<Utf8PathBuf>,
    /// `-p NAME` or `-p NAME@VERSION`: a member of the workspace.
    pub package: Option<String>,
}

/// Why there is no package to build.
#[derive(Debug, thiserror::Error)]
pub enum LocateError {
    /// There is no manifest.
    #[error(
        "there is no `Cargo.toml` in `{0}` or any folder above it; give the package's folder, as in `muslin build PATH`"
    )]
    NoManifest(Utf8PathBuf),
    /// What was given is no package's folder.
    #[error("`{0}` is neither a `Cargo.toml` nor a folder that holds one")]
    NotAPackage(Utf8PathBuf),
    /// A manifest cannot be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// No member has this name.
    #[error(
        "there is no package `{name}` in the workspace `{workspace}`; its packages are {members}"
    )]
    NoMember {
        /// What was asked for.
        name: String,
        /// The workspace's folder.
        workspace: Utf8PathBuf,
        /// The names that there are.
        members: String,
    },
    /// The workspace has several packages with binaries, or none.
    #[error(
        "`{workspace}` is a workspace with several packages that have binaries: {members}; choose one with `-p NAME`"
    )]
    SeveralMembers {
        /// The workspace's folder.
        workspace: Utf8PathBuf,
        /// Their names.
        members: String,
    },
    /// No package of the workspace has a binary.
    #[error(
        "no package of the workspace `{0}` has a binary; add a `src/main.rs` or a `[[bin]]` to one"
    )]
    NoBinaries(Utf8PathBuf),
}

/// Finds the package that is meant.
///
/// # Errors
/// What [`LocateError`] says.
pub fn find(cwd: &Utf8Path, selection: &Selection) -> Result<Package, LocateError> {
    let start = match &selection.path {
        Some(path) => given(&cwd.join(path))?,
        None => nearest(cwd).ok_or_else(|| LocateError::NoManifest(cwd.to_owned()))?,
    };
    let start = start.canonicalize_utf8().unwrap_or(start);
    let manifest = read(&start)?;
    let root = workspace_root(&start, &manifest)?;
    match &selection.package {
        Some(name) => member(&root, name),
        None if manifest.package.is_some() => Ok(complete(start, &root)?),
        None => only_member(&root),
    }
}

/// The manifest at a path that was given.
fn given(path: &Utf8Path) -> Result<Utf8PathBuf, LocateError> {
    let manifest = if path.is_dir() {
        path.join("Cargo.toml")
    } else {
        path.to_owned()
    };
    if manifest.file_name() == Some("Cargo.toml") && manifest.is_file() {
        Ok(manifest)
    } else {
        Err(LocateError::NotAPackage(path.to_owned()))
    }
}

fn nearest(folder: &Utf8Path) -> Option<Utf8PathBuf> {
    folder
        .ancestors()
        .map(|folder| folder.join("Cargo.toml"))
        .find(|manifest| manifest.is_file())
}

fn member(root: &Utf8Path, spec: &str) -> Result<Package, LocateError> {
    let (name, version) = match spec.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (spec, None),
    };
    let members = named_members(root)?;
    let no_member = || LocateError::NoMember {
        name: spec.to_owned(),
        workspace: root.parent().unwrap_or(root).to_owned(),
        members: quoted(members.keys()),
    };
    let path = members.get(name).ok_or_else(no_member)?;
    let package = complete(path.clone(), root)?;
    let found = package.manifest.package().version().to_string();
    if version.is_some_and(|version| !is_version(&found, version)) {
        return Err(no_member());
    }
    Ok(package)
}

/// Whether a version is the one that is asked for, which may be a part, as in
/// `1` or `1.2`.
fn is_version(version: &str, asked: &str) -> bool {
    let is_part = asked
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    match version.strip_prefix(asked) {
        Some("") => true,
        Some(rest) => is_part && rest.starts_with('.'),
        None => false,
    }
}

/// The only member with binaries, of those that cargo would build by default.
fn only_member(root: &Utf8Path) -> Result<Package, LocateError> {
    let folder = root.parent().unwrap_or(root).to_owned();
    let manifest = read(root)?;
    let defaults = manifest
        .workspace
        .map(|workspace| workspace.default_members)
        .unwrap_or_default();
    let defaults: Vec<Utf8PathBuf> = defaults
        .iter()
        .map(|member| normal(&folder.join(member)).join("Cargo.toml"))
        .collect();
    let mut with_bins = Vec::new();
    for path in named_members(root)?.into_values() {
        if !defaults.is_empty() && !defaults.contains(&path) {
            continue;
        }
        let package = complete(path, root)?;
        if !package.bins().is_empty() {
            with_bins.push(package);
        }
    }
    if with_bins.len() > 1 {
        return Err(LocateError::SeveralMembers {
            workspace: folder,
            members: quoted(with_bins.iter().map(Package::name)),
        });
    }
    with_bins.pop().ok_or(LocateError::NoBinaries(folder))
}
