//! Reading `Cargo.toml`, with what it inherits and the binaries that cargo finds.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_toml::{Edition, Manifest};

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

/// A manifest cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{path}`")]
pub struct ManifestError {
    path: Utf8PathBuf,
    source: Box<cargo_toml::Error>,
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
}

fn unreadable(path: &Utf8Path, source: cargo_toml::Error) -> ManifestError {
    ManifestError {
        path: path.to_owned(),
        source: Box::new(source),
    }
}

/// A manifest as it is written, with nothing filled in.
pub(super) fn read(path: &Utf8Path) -> Result<Manifest<toml::Value>, ManifestError> {
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, error.into()))?;
    Manifest::from_slice_with_metadata(&bytes).map_err(|error| unreadable(path, error))
}

/// The package with all that it inherits and its binaries.
pub(super) fn complete(path: Utf8PathBuf, root: &Utf8Path) -> Result<Package, ManifestError> {
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
fn says_autobins(path: &Utf8Path) -> Result<bool, ManifestError> {
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, error.into()))?;
    let table: toml::Table =
        toml::from_str(&text).map_err(|error| unreadable(path, error.into()))?;
    let said = table
        .get("package")
        .and_then(|package| package.get("autobins"));
    Ok(said.and_then(toml::Value::as_bool) == Some(true))
}
