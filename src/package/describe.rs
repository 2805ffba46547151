//! Describing the image of a package: `Cargo.toml`, its metadata table and overrides.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::binaries::{BinaryError, entrypoint};
use super::description::DescriptionWithOrigins;
use super::labels::OCI_PREFIX;
use super::manifest::Package;
use super::metadata::error::TableError;
use super::metadata::read::{location_of, read};
use super::metadata::table::Table;
use super::overrides::Overrides;
use super::resolve::{InvalidValue, resolve};

/// Why an image could not be described.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum DescribeError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("`{key}` in `[{table}]` of `{manifest}`: {message}")]
    InvalidKey {
        key: &'static str,
        table: &'static str,
        manifest: Utf8PathBuf,
        message: String,
    },
    #[error("{flag}: {message}")]
    InvalidFlag { flag: &'static str, message: String },
    #[error(transparent)]
    Binary(#[from] BinaryError),
}

impl Package {
    /// Describes the image of this package.
    ///
    /// # Errors
    /// What [`DescribeError`] says.
    pub fn describe(&self, overrides: &Overrides) -> Result<DescriptionWithOrigins, DescribeError> {
        let table = read(self)?;
        let bins = self.selected_bins(&table, overrides)?;
        let default_run = self.manifest.package().default_run.as_deref();
        let entrypoint = entrypoint(&bins, &table, &[default_run, Some(self.name())], overrides)?;
        resolve(
            self.name(),
            bins,
            entrypoint,
            &self.labels(),
            table,
            overrides,
        )
        .map_err(|error| match error {
            InvalidValue::OfKey(key, message) => {
                let (table, manifest) = location_of(self, key);
                DescribeError::InvalidKey {
                    key,
                    table,
                    manifest,
                    message,
                }
            }
            InvalidValue::OfFlag(flag, message) => DescribeError::InvalidFlag { flag, message },
        })
    }
}

/// Describes the image of executables that belong to no package.
///
/// # Errors
/// An override is invalid, or there are several executables and none has the name of the image.
pub fn describe_executables(
    name: &str,
    bins: Vec<String>,
    overrides: &Overrides,
) -> Result<DescriptionWithOrigins, DescribeError> {
    let table = Table::default();
    let entrypoint = entrypoint(&bins, &table, &[Some(name)], overrides)?;
    let title = BTreeMap::from([(format!("{OCI_PREFIX}.title"), name.to_owned())]);
    resolve(name, bins, entrypoint, &title, table, overrides).map_err(|error| match error {
        InvalidValue::OfKey(flag, message) | InvalidValue::OfFlag(flag, message) => {
            DescribeError::InvalidFlag { flag, message }
        }
    })
}
