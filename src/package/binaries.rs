//! Which binaries of a package go into its image, and which one a container starts.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use super::find::packages_with_binaries;
use super::manifest::Package;
use super::metadata::table::Table;
use super::overrides::Overrides;
use crate::quote::quoted;

/// Why no binaries, or no entrypoint, could be selected.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum BinaryError {
    #[error(
        "the package `{0}` has no binary; add a `src/main.rs` or a `[[bin]]`, or choose another package with `-p NAME`"
    )]
    NoBinary(String),
    #[error(
        "the package `{package}` has no binary; choose a package of its workspace that has one with `-p NAME`: {others}"
    )]
    NoBinaryHere { package: String, others: String },
    #[error("the package `{package}` has no binary `{bin}`; it has {bins}")]
    UnknownBin {
        package: String,
        bin: String,
        bins: String,
    },
    #[error(
        "`default-run` in `{manifest}` is `{bin}`, which is no binary of the package; it has {bins}"
    )]
    UnknownDefaultRun {
        manifest: Utf8PathBuf,
        bin: String,
        bins: String,
    },
    #[error(
        "the package `{package}` has several binaries: {bins}; choose with `--bin NAME`, `bins = [\"NAME\"]` in `[package.metadata.muslin]` or `default-run = \"NAME\"` in `[package]`"
    )]
    SeveralBins { package: String, bins: String },
    #[error(
        "the image has several binaries: {bins}; say which one a container starts with `entrypoint = \"NAME\"` in `[package.metadata.muslin]`"
    )]
    NoEntrypoint { bins: String },
    #[error("`entrypoint` is `{entrypoint}`, which is not in the image; it has {bins}")]
    UnknownEntrypoint { entrypoint: String, bins: String },
}

impl Package {
    /// The binaries that go into the image: those of `--bin`, else those of the table, else
    /// `default-run`, else the only one.
    pub(super) fn selected_bins(
        &self,
        table: &Table,
        overrides: &Overrides,
    ) -> Result<Vec<String>, BinaryError> {
        let all = self.bins();
        let package = self.name().to_owned();
        if all.is_empty() {
            let others = packages_with_binaries(self);
            return Err(if others.is_empty() {
                BinaryError::NoBinary(package)
            } else {
                BinaryError::NoBinaryHere {
                    package,
                    others: quoted(others),
                }
            });
        }
        let default_run = self.manifest.package().default_run.as_ref();
        if let Some(bin) = default_run.filter(|bin| !all.contains(bin)) {
            return Err(BinaryError::UnknownDefaultRun {
                manifest: self.manifest_path.clone(),
                bin: bin.clone(),
                bins: quoted(all),
            });
        }
        let requested = if overrides.bins.is_empty() {
            table.bins.clone().unwrap_or_default()
        } else {
            overrides.bins.clone()
        };
        if let Some(unknown) = requested.iter().find(|bin| !all.contains(bin)) {
            return Err(BinaryError::UnknownBin {
                package,
                bin: unknown.clone(),
                bins: quoted(all),
            });
        }
        if !requested.is_empty() {
            let mut seen = BTreeSet::new();
            return Ok(requested
                .into_iter()
                .filter(|bin| seen.insert(bin.clone()))
                .collect());
        }
        if let Some(default) = default_run {
            return Ok(vec![default.clone()]);
        }
        match all {
            [only] => Ok(vec![only.clone()]),
            several => Err(BinaryError::SeveralBins {
                package,
                bins: quoted(several),
            }),
        }
    }
}

/// The binary that a container starts: that of the table, else the only one, else the first of
/// `defaults` that is in the image.
///
/// # Errors
/// The table names a binary that is not in the image, or none of `defaults` is.
pub(super) fn entrypoint(
    bins: &[String],
    table: &Table,
    defaults: &[Option<&str>],
    overrides: &Overrides,
) -> Result<String, BinaryError> {
    if let Some(entrypoint) = &table.entrypoint {
        if bins.contains(entrypoint) {
            return Ok(entrypoint.clone());
        }
        // With one `--bin` that is not the entrypoint of the table, that one is started.
        if overrides.bins.is_empty() || bins.len() > 1 {
            return Err(BinaryError::UnknownEntrypoint {
                entrypoint: entrypoint.clone(),
                bins: quoted(bins),
            });
        }
    }
    if let [only] = bins {
        return Ok(only.clone());
    }
    let default = defaults
        .iter()
        .flatten()
        .find(|default| bins.iter().any(|bin| bin == *default));
    default
        .map(|default| (*default).to_owned())
        .ok_or_else(|| BinaryError::NoEntrypoint { bins: quoted(bins) })
}
