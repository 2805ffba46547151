//! Which binaries of a package go into its image, and which one a container starts.

use std::collections::BTreeSet;

use super::describe::{DescribeError, Overrides};
use super::locate::{Package, quoted};
use super::table::Table;

impl Package {
    /// The binaries that go into the image: those that are asked for, else the one
    /// that `cargo run` would run, else the only one.
    pub(super) fn chosen_bins(
        &self,
        table: &Table,
        overrides: &Overrides,
    ) -> Result<Vec<String>, DescribeError> {
        let all = self.bins();
        let package = self.name().to_owned();
        if all.is_empty() {
            return Err(DescribeError::NoBinary(package));
        }
        let default_run = self.manifest.package().default_run.as_ref();
        if let Some(bin) = default_run.filter(|bin| !all.contains(bin)) {
            return Err(DescribeError::UnknownDefaultRun {
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
            return Err(DescribeError::UnknownBin {
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
            several => Err(DescribeError::SeveralBins {
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
) -> Result<String, DescribeError> {
    if let Some(entrypoint) = &table.entrypoint {
        if bins.contains(entrypoint) {
            return Ok(entrypoint.clone());
        }
        // A flag that leaves the table's entrypoint out means its own only binary.
        if overrides.bins.is_empty() || bins.len() > 1 {
            return Err(DescribeError::UnknownEntrypoint {
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
        .ok_or_else(|| DescribeError::NoEntrypoint { bins: quoted(bins) })
}
