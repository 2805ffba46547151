//! Reading `Cargo.toml`, with what it inherits and the binaries that cargo discovers.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_toml::{Edition, Manifest};

/// A package and its workspace.
#[derive(Clone, Debug)]
pub struct Package {
    /// The absolute path of its `Cargo.toml`.
    pub manifest_path: Utf8PathBuf,
    /// The directory of the workspace's `Cargo.toml`, or of the package's own.
    pub workspace_root: Utf8PathBuf,
    /// Its manifest, with inherited fields and discovered binaries filled in.
    pub manifest: Manifest<toml::Value>,
    /// The manifest of the workspace, if that is another file.
    pub workspace: Option<Manifest<toml::Value>>,
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

/// Reads a package of the workspace with this root manifest, and fills in inherited fields and
/// discovered binaries.
pub(super) fn read_package(path: Utf8PathBuf, root: &Utf8Path) -> Result<Package, ManifestError> {
    let workspace = if path == root {
        None
    } else {
        Some(read_manifest(root)?)
    };
    let mut manifest = read_manifest(&path)?;
    let declared: BTreeSet<Option<String>> =
        manifest.bin.iter().map(|bin| bin.name.clone()).collect();
    let inherited = workspace
        .as_ref()
        .map(|workspace| (workspace, root.as_std_path()));
    manifest
        .complete_from_path_and_workspace(path.as_std_path(), inherited)
        .map_err(|error| unreadable(&path, error))?;
    // In edition 2015 a declared binary turns discovery off (the cargo book, "Target
    // auto-discovery").
    let discovery_is_off = manifest.package().edition() == Edition::E2015
        && !declared.is_empty()
        && !enables_autobins(&path)?;
    manifest.bin.retain(|bin| {
        let is_hidden = bin.name.as_deref().is_none_or(|name| name.starts_with('.'));
        declared.contains(&bin.name) || !(discovery_is_off || is_hidden)
    });
    Ok(Package {
        workspace_root: root.parent().unwrap_or(root).to_owned(),
        manifest_path: path,
        manifest,
        workspace,
    })
}

/// Whether a manifest has `autobins = true`. `cargo_toml` does not tell it from the default.
fn enables_autobins(path: &Utf8Path) -> Result<bool, ManifestError> {
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, error.into()))?;
    let table: toml::Table =
        toml::from_str(&text).map_err(|error| unreadable(path, error.into()))?;
    let autobins = table
        .get("package")
        .and_then(|package| package.get("autobins"));
    Ok(autobins.and_then(toml::Value::as_bool) == Some(true))
}

fn unreadable(path: &Utf8Path, source: cargo_toml::Error) -> ManifestError {
    ManifestError {
        path: path.to_owned(),
        source: Box::new(source),
    }
}
