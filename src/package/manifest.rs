//! Reading `Cargo.toml`, with what it inherits.

use camino::{Utf8Path, Utf8PathBuf};
use cargo_toml::Manifest;
use serde::de::DeserializeOwned;

use super::discover::{Declared, binaries};

/// A package and its workspace.
#[derive(Clone, Debug)]
pub struct Package {
    /// The absolute path of its `Cargo.toml`.
    pub manifest_path: Utf8PathBuf,
    /// The directory of the workspace's `Cargo.toml`, or of the package's own.
    pub workspace_root: Utf8PathBuf,
    /// Its manifest, with inherited fields filled in.
    pub manifest: Manifest<toml::Value>,
    /// The manifest of the workspace, if that is another file.
    pub workspace: Option<Manifest<toml::Value>>,
    bins: Vec<String>,
}

/// A manifest could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{path}`")]
pub struct ManifestError {
    path: Utf8PathBuf,
    source: Box<cargo_toml::Error>,
}

impl Package {
    /// The name of the package.
    ///
    /// # Panics
    /// Never: a manifest without `[package]` is not read as a [`Package`].
    #[must_use]
    pub fn name(&self) -> &str {
        self.manifest.package().name()
    }

    /// The directory of its `Cargo.toml`.
    #[must_use]
    pub fn directory(&self) -> &Utf8Path {
        self.manifest_path.parent().unwrap_or(Utf8Path::new("/"))
    }

    /// The names of its binaries, declared or discovered, sorted.
    #[must_use]
    pub fn bins(&self) -> &[String] {
        &self.bins
    }

    /// The manifest with `[workspace]` and the profiles.
    pub(super) fn root_manifest(&self) -> &Manifest<toml::Value> {
        self.workspace.as_ref().unwrap_or(&self.manifest)
    }
}

/// Reads a manifest as it is written, with nothing filled in.
pub(super) fn read_manifest(path: &Utf8Path) -> Result<Manifest<toml::Value>, ManifestError> {
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, error.into()))?;
    Manifest::from_slice_with_metadata(&bytes).map_err(|error| unreadable(path, error))
}

/// Reads some keys of a manifest, with nothing filled in. `cargo_toml` does not tell a key that is
/// missing from its default.
pub(super) fn read_keys<T: DeserializeOwned>(path: &Utf8Path) -> Result<T, ManifestError> {
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, error.into()))?;
    toml::from_str(&text).map_err(|error| unreadable(path, error.into()))
}

/// Reads a package of the workspace with this root manifest, fills in inherited fields and
/// discovers its binaries.
pub(super) fn read_package(path: Utf8PathBuf, root: &Utf8Path) -> Result<Package, ManifestError> {
    let workspace = if path == root {
        None
    } else {
        Some(read_manifest(root)?)
    };
    let mut manifest = read_manifest(&path)?;
    if let Some(package) = &mut manifest.package {
        // `cargo_toml` discovers other targets than cargo.
        package.autobins = false;
        package.autoexamples = false;
        package.autotests = false;
        package.autobenches = false;
    }
    let inherited = workspace
        .as_ref()
        .map(|workspace| (workspace, root.as_std_path()));
    manifest
        .complete_from_path_and_workspace(path.as_std_path(), inherited)
        .map_err(|error| unreadable(&path, error))?;
    let package = manifest.package();
    let directory = path.parent().unwrap_or(Utf8Path::new("/"));
    let declared: Declared = read_keys(&path)?;
    let bins = binaries(directory, package.name(), package.edition(), declared);
    Ok(Package {
        workspace_root: root.parent().unwrap_or(root).to_owned(),
        manifest_path: path,
        manifest,
        workspace,
        bins,
    })
}

fn unreadable(path: &Utf8Path, source: cargo_toml::Error) -> ManifestError {
    ManifestError {
        path: path.to_owned(),
        source: Box::new(source),
    }
}
