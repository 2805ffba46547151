//! Finding the package that is meant, as cargo finds it.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_toml::{Edition, Manifest};

use super::workspace::{named_members, normal, workspace_root};

/// Which package is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// A folder or a `Cargo.toml`; without it the nearest above the current folder.
    pub path: Option<Utf8PathBuf>,
    /// `-p NAME` or `-p NAME@VERSION`: a member of the workspace.
    pub package: Option<String>,
}

/// A package and the workspace that it is in.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its `Cargo.toml`, absolute.
    pub manifest_path: Utf8PathBuf,
    /// The folder of the workspace's `Cargo.toml`, or of its own.
    pub workspace_root: Utf8PathBuf,
    /// Its manifest, complete: what it inherits is filled in, its binaries are found.
    pub manifest: Manifest<toml::Value>,
    /// The workspace's manifest, if it is another one.
    pub workspace: Option<Manifest<toml::Value>>,
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
    #[error("cannot read `{path}`")]
    Manifest {
        /// The manifest.
        path: Utf8PathBuf,
        /// Why.
        source: Box<cargo_toml::Error>,
    },
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

impl Package {
    /// Its name.
    ///
    /// # Panics
    /// Never: what has no `[package]` is no [`Package`].
    #[must_use]
    pub fn name(&self) -> &str {
        self.manifest.package().name()
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Utf8Path {
        self.manifest_path.parent().unwrap_or(Utf8Path::new("/"))
    }

    /// The names of its binaries, sorted.
    #[must_use]
    pub fn bins(&self) -> Vec<String> {
        let mut bins: Vec<String> = self
            .manifest
            .bin
            .iter()
            .filter_map(|bin| bin.name.clone())
            .collect();
        bins.sort_unstable();
        bins.dedup();
        bins
    }

    /// Whether its manifest, or the workspace's, says for this profile what of the
    /// executable is to be stripped or that debug information is wanted.
    #[must_use]
    pub fn says_strip(&self, profile: &str) -> bool {
        let profiles = &self.workspace.as_ref().unwrap_or(&self.manifest).profile;
        let mut name = profile.to_owned();
        // A chain of `inherits` ends at a profile that cargo has by itself.
        for _ in 0..16 {
            let found = match name.as_str() {
                "release" => profiles.release.as_ref(),
                "dev" | "debug" => profiles.dev.as_ref(),
                custom => profiles.custom.get(custom),
            };
            let Some(found) = found else { return false };
            if found.strip.is_some() || found.debug.is_some() {
                return true;
            }
            match &found.inherits {
                Some(above) => name.clone_from(above),
                None => return false,
            }
        }
        false
    }
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
        None if manifest.package.is_some() => complete(start, &root),
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

pub(super) fn unreadable(path: &Utf8Path, source: cargo_toml::Error) -> LocateError {
    LocateError::Manifest {
        path: path.to_owned(),
        source: Box::new(source),
    }
}

/// A manifest as it is written, with nothing filled in.
pub(super) fn read(path: &Utf8Path) -> Result<Manifest<toml::Value>, LocateError> {
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, error.into()))?;
    Manifest::from_slice_with_metadata(&bytes).map_err(|error| unreadable(path, error))
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

/// The package with all that it inherits and its binaries.
fn complete(path: Utf8PathBuf, root: &Utf8Path) -> Result<Package, LocateError> {
    let workspace = if path == root {
        None
    } else {
        Some(read(root)?)
    };
    let mut manifest = read(&path)?;
    let declared: BTreeSet<Option<String>> =
        manifest.bin.iter().map(|bin| bin.name.clone()).collect();
    let inherits = workspace
        .as_ref()
        .map(|workspace| (workspace, root.as_std_path()));
    manifest
        .complete_from_path_and_workspace(path.as_std_path(), inherits)
        .map_err(|error| unreadable(&path, error))?;
    // Up to edition 2015, what is declared hides what is found.
    let hides_found = manifest.package().edition() == Edition::E2015
        && !declared.is_empty()
        && !says_autobins(&path)?;
    manifest.bin.retain(|bin| {
        let is_hidden = bin.name.as_deref().is_none_or(|name| name.starts_with('.'));
        declared.contains(&bin.name) || !(hides_found || is_hidden)
    });
    Ok(Package {
        workspace_root: root.parent().unwrap_or(root).to_owned(),
        manifest_path: path,
        manifest,
        workspace,
    })
}

/// Whether a manifest says `autobins = true`, which is also the default.
fn says_autobins(path: &Utf8Path) -> Result<bool, LocateError> {
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, error.into()))?;
    let table: toml::Table =
        toml::from_str(&text).map_err(|error| unreadable(path, error.into()))?;
    let said = table
        .get("package")
        .and_then(|package| package.get("autobins"));
    Ok(said.and_then(toml::Value::as_bool) == Some(true))
}

/// Names in backticks, separated by commas.
pub(crate) fn quoted<T: std::fmt::Display>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
