//! Which binaries of a package go into its image, and which one a container starts.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use super::metadata::table::Table;
use super::overrides::Overrides;
use crate::package::manifest::Package;
use crate::quote::quoted;

/// Why it cannot be said which binaries are meant.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BinaryError {
    /// The package has no binary.
    #[error(
        "the package `{0}` has no binary; add a `src/main.rs` or a `[[bin]]`, or choose another package with `-p NAME`"
    )]
    NoBinary(String),
    /// A binary that the package does not have.
    #[error("the package `{package}` has no binary `{bin}`; it has {bins}")]
    UnknownBin {
        /// The package.
        package: String,
        /// What was asked for.
        bin: String,
        /// What there is.
        bins: String,
    },
    /// `default-run` is no binary, which cargo refuses, too.
    #[error(
        "`default-run` in `{manifest}` is `{bin}`, which is no binary of the package; it has {bins}"
    )]
    UnknownDefaultRun {
        /// The manifest.
        manifest: Utf8PathBuf,
        /// What it says.
        bin: String,
        /// What there is.
        bins: String,
    },
    /// There are several binaries and nothing says which.
    #[error(
        "the package `{package}` has several binaries: {bins}; choose with `--bin NAME`, `bins = [\"NAME\"]` in `[package.metadata.muslin]` or `default-run = \"NAME\"` in `[package]`"
    )]
    SeveralBins {
        /// The package.
        package: String,
        /// What there is.
        bins: String,
    },
    /// There are several binaries in the image and nothing says which one starts.
    #[error(
        "the image has several binaries: {bins}; say which one a container starts with `entrypoint = \"NAME\"` in `[package.metadata.muslin]`"
    )]
    NoEntrypoint {
        /// The binaries of the image.
        bins: String,
    },
    /// The entrypoint is not in the image.
    #[error("`entrypoint` is `{entrypoint}`, which is not in the image; it has {bins}")]
    UnknownEntrypoint {
        /// What the table says.
        entrypoint: String,
        /// The binaries of the image.
        bins: String,
    },
}

impl Package {
    /// The binaries that go into the image: those that are asked for, else the one
    /// that `cargo run` would run, else the only one.
    pub(super) fn chosen_bins(
        &self,
        table: &Table,
        overrides: &Overrides,
    ) -> Result<Vec<String>, BinaryError> {
        let all = self.bins();
        let package = self.name().to_owned();
        if all.is_empty() {
            return Err(BinaryError::NoBinary(package));
        }
        let default_run = self.manifest.package().default_run.as_ref();
        if let Some(bin) = default_run.filter(|bin| !all.contains(bin)) {
            return Err(BinaryError::UnknownDefaultRun {
                manifest: self.manifest_path.clone(),
                bin: bin.clone(),
                bins: quoted(&all),
            });
        }
        let asked = if overrides.bins.is_empty() {
            table.bins.clone().unwrap_or_default()
        } else {
            overrides.bins.clone()
        };
        if let Some(unknown) = asked.iter().find(|bin| !all.contains(bin)) {
            return Err(BinaryError::UnknownBin {
                package,
                bin: unknown.clone(),
                bins: quoted(&all),
            });
        }
        if !asked.is_empty() {
            let mut seen = BTreeSet::new();
            return Ok(asked
                .into_iter()
                .filter(|bin| seen.insert(bin.clone()))
                .collect());
        }
        if let Some(default) = default_run {
            return Ok(vec![default.clone()]);
        }
        match all.as_slice() {
            [only] => Ok(vec![only.clone()]),
            several => Err(BinaryError::SeveralBins {
                package,
                bins: quoted(several),
            }),
        }
    }
}

/// The binary that a container starts: the table's, else the only one, else the first
/// of the guesses that is in the image.
///
/// # Errors
/// The table names a binary that is not in the image, or no guess is one.
pub(super) fn entrypoint(
    bins: &[String],
    table: &Table,
    guesses: &[Option<&str>],
    overrides: &Overrides,
) -> Result<String, BinaryError> {
    if let Some(entrypoint) = &table.entrypoint {
        if bins.contains(entrypoint) {
            return Ok(entrypoint.clone());
        }
        // A flag that leaves the table's entrypoint out means its own only binary.
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
    let guess = guesses
        .iter()
        .flatten()
        .find(|guess| bins.iter().any(|bin| bin == *guess));
    guess
        .map(|guess| (*guess).to_owned())
        .ok_or_else(|| BinaryError::NoEntrypoint { bins: quoted(bins) })
}
