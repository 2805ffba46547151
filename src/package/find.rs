//! Finding the package to build, by the rules of cargo.

use camino::{Utf8Path, Utf8PathBuf};

use super::manifest::{ManifestError, Package, read_manifest, read_package};
use super::workspace::{default_members, members_by_name, workspace_root};
use crate::quote::quoted;

/// Selects a package, as the arguments `PATH` and `--package` do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// A directory with a `Cargo.toml`, or a `Cargo.toml`. By default the nearest at or above
    /// the current directory.
    pub path: Option<Utf8PathBuf>,
    /// A member of the workspace: `NAME` or `NAME@VERSION`.
    pub package: Option<String>,
}

/// Why no package was found.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum FindError {
    #[error(
        "there is no `Cargo.toml` in `{0}` or any folder above it; give the package's folder, as in `muslin build PATH`"
    )]
    NoManifest(Utf8PathBuf),
    #[error("`{0}` is neither a `Cargo.toml` nor a folder that holds one")]
    NotAPackage(Utf8PathBuf),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(
        "there is no package `{name}` in the workspace `{workspace}`; its packages are {members}"
    )]
    NoMember {
        name: String,
        workspace: Utf8PathBuf,
        members: String,
    },
    #[error(
        "`{workspace}` is a workspace with several packages that have binaries: {members}; choose one with `-p NAME`"
    )]
    SeveralMembers {
        workspace: Utf8PathBuf,
        members: String,
    },
    #[error(
        "no package of the workspace `{0}` has a binary; add a `src/main.rs` or a `[[bin]]` to one"
    )]
    NoBinaries(Utf8PathBuf),
    #[error(
        "none of the `default-members` of the workspace `{workspace}` has a binary; choose a package that has one with `-p NAME`: {members}"
    )]
    NoDefaultBinaries {
        workspace: Utf8PathBuf,
        members: String,
    },
}

/// Finds the selected package.
///
/// # Errors
/// What [`FindError`] says.
pub fn find(cwd: &Utf8Path, selection: &Selection) -> Result<Package, FindError> {
    let start = match &selection.path {
        Some(path) => manifest_at(&cwd.join(path))?,
        None => nearest_manifest(cwd).ok_or_else(|| FindError::NoManifest(cwd.to_owned()))?,
    };
    let start = start.canonicalize_utf8().unwrap_or(start);
    let manifest = read_manifest(&start)?;
    let root = workspace_root(&start, &manifest)?;
    match &selection.package {
        Some(name) => member(&root, name),
        None if manifest.package.is_some() => Ok(read_package(start, &root)?),
        None => only_member(&root),
    }
}

/// The manifest at this path or in this directory.
fn manifest_at(path: &Utf8Path) -> Result<Utf8PathBuf, FindError> {
    let manifest = if path.is_dir() {
        path.join("Cargo.toml")
    } else {
        path.to_owned()
    };
    if manifest.file_name() == Some("Cargo.toml") && manifest.is_file() {
        Ok(manifest)
    } else {
        Err(FindError::NotAPackage(path.to_owned()))
    }
}

/// The nearest `Cargo.toml` in a directory or one above it.
fn nearest_manifest(directory: &Utf8Path) -> Option<Utf8PathBuf> {
    directory
        .ancestors()
        .map(|directory| directory.join("Cargo.toml"))
        .find(|manifest| manifest.is_file())
}

/// The member of a workspace that `--package` selects.
fn member(root: &Utf8Path, spec: &str) -> Result<Package, FindError> {
    let (name, version) = match spec.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (spec, None),
    };
    let members = members_by_name(root)?;
    let no_member = || FindError::NoMember {
        name: spec.to_owned(),
        workspace: root.parent().unwrap_or(root).to_owned(),
        members: quoted(members.keys()),
    };
    let path = members.get(name).ok_or_else(no_member)?;
    let package = read_package(path.clone(), root)?;
    let found = package.manifest.package().version().to_string();
    if version.is_some_and(|version| !matches_version(&found, version)) {
        return Err(no_member());
    }
    Ok(package)
}

/// Whether a version is the requested one. `1` and `1.2` request any version that begins so.
fn matches_version(version: &str, requested: &str) -> bool {
    let is_prefix = requested
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    match version.strip_prefix(requested) {
        Some("") => true,
        Some(rest) => is_prefix && rest.starts_with('.'),
        None => false,
    }
}

/// The only member that has binaries, among those that cargo would build by default.
fn only_member(root: &Utf8Path) -> Result<Package, FindError> {
    let workspace = root.parent().unwrap_or(root).to_owned();
    let (mut default, others) = members_with_binaries(root)?;
    if default.len() > 1 {
        return Err(FindError::SeveralMembers {
            workspace,
            members: names(&default),
        });
    }
    match default.pop() {
        Some(only) => Ok(only),
        None if others.is_empty() => Err(FindError::NoBinaries(workspace)),
        None => Err(FindError::NoDefaultBinaries {
            workspace,
            members: names(&others),
        }),
    }
}

/// The names of the packages with binaries in the workspace of a package: those of
/// `default-members`, else all. Members that cannot be read have none.
pub(super) fn packages_with_binaries(package: &Package) -> Vec<String> {
    let root = package.workspace_root.join("Cargo.toml");
    let (default, others) = members_with_binaries(&root).unwrap_or_default();
    let found = if default.is_empty() { others } else { default };
    found.iter().map(|found| found.name().to_owned()).collect()
}

/// The members that have binaries: those of `default-members`, which are all by default, and
/// the others.
fn members_with_binaries(root: &Utf8Path) -> Result<(Vec<Package>, Vec<Package>), ManifestError> {
    let mut packages = Vec::new();
    for path in members_by_name(root)?.into_values() {
        let package = read_package(path, root)?;
        if !package.bins().is_empty() {
            packages.push(package);
        }
    }
    let defaults = default_members(root)?;
    let is_default = |package: &Package| match &defaults {
        Some(defaults) => defaults.contains(&package.manifest_path),
        None => true,
    };
    Ok(packages.into_iter().partition(is_default))
}

fn names(packages: &[Package]) -> String {
    quoted(packages.iter().map(Package::name))
}
