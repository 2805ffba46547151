//! From a package, its table and flags to the description of its image.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;

use super::binaries::{BinaryError, entrypoint};
use super::labels::{OCI, Origin, Stamped, with_owner};
use super::metadata::table::{Port, Size, Table, TableError};
use super::overrides::Overrides;
use super::validate;
use crate::package::description::{Description, IncludedFiles};
use crate::package::manifest::Package;
use crate::platform::{TargetPlatform, UnknownPlatform};

/// A description, and where what changes at every release comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// The description.
    pub description: Description,
    /// The version in the labels.
    pub version: Option<(String, Origin)>,
    /// The revision in the labels.
    pub revision: Option<(String, Origin)>,
}

/// Why a package cannot be described.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DescribeError {
    /// The table is wrong.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A value of the table is wrong.
    #[error("`{key}` in `[{table}]` of `{manifest}`: {wrong}")]
    Value {
        /// The key.
        key: &'static str,
        /// The table's name.
        table: &'static str,
        /// The manifest.
        manifest: Utf8PathBuf,
        /// What is wrong and what to write.
        wrong: String,
    },
    /// A value of a flag or a variable is wrong.
    #[error("{origin}: {wrong}")]
    Given {
        /// The flag or variable.
        origin: &'static str,
        /// What is wrong and what to write.
        wrong: String,
    },
    /// The binaries or the entrypoint are not there, or not said.
    #[error(transparent)]
    Binary(#[from] BinaryError),
}

impl Package {
    /// Describes the image of this package.
    ///
    /// # Errors
    /// What [`DescribeError`] says.
    pub fn describe(&self, overrides: &Overrides) -> Result<Described, DescribeError> {
        let table = Table::of(self)?;
        let bins = self.chosen_bins(&table, overrides)?;
        let default_run = self.manifest.package().default_run.as_deref();
        let entrypoint = entrypoint(&bins, &table, &[default_run, Some(self.name())], overrides)?;
        fill(
            self.name(),
            bins,
            entrypoint,
            &self.labels(),
            table,
            overrides,
        )
        .map_err(|error| match error {
            Unfilled::Value(key, wrong) => {
                let (table, manifest) = Table::place_of(self, key);
                DescribeError::Value {
                    key,
                    table,
                    manifest,
                    wrong,
                }
            }
            Unfilled::Given(origin, wrong) => DescribeError::Given { origin, wrong },
        })
    }
}

/// Describes an image of executables that belong to no package.
///
/// # Errors
/// A value of `overrides` is wrong, or there are several binaries and none of them
/// is called like the image.
pub fn bare(
    name: &str,
    bins: Vec<String>,
    overrides: &Overrides,
) -> Result<Described, DescribeError> {
    let table = Table::default();
    let entrypoint = entrypoint(&bins, &table, &[Some(name)], overrides)?;
    let title = BTreeMap::from([(format!("{OCI}.title"), name.to_owned())]);
    fill(name, bins, entrypoint, &title, table, overrides).map_err(|error| match error {
        Unfilled::Value(origin, wrong) | Unfilled::Given(origin, wrong) => {
            DescribeError::Given { origin, wrong }
        }
    })
}

/// A value that has no place in a description: its key or flag, and what is wrong.
enum Unfilled {
    Value(&'static str, String),
    Given(&'static str, String),
}

/// Checks every value and fills in every default.
#[allow(clippy::too_many_lines)] // One statement for each key.
fn fill(
    name: &str,
    bins: Vec<String>,
    entrypoint: String,
    package_labels: &BTreeMap<String, String>,
    table: Table,
    overrides: &Overrides,
) -> Result<Described, Unfilled> {
    let value = |key: &'static str| move |wrong: String| Unfilled::Value(key, wrong);
    let given = |origin: &'static str| move |wrong: String| Unfilled::Given(origin, wrong);

    let image = table.image.map(|image| with_owner(&image, overrides, true));
    if let Some(image) = &image {
        validate::image(image).map_err(value("image"))?;
    }
    let image_name = image
        .as_deref()
        .and_then(|image| image.rsplit('/').next())
        .unwrap_or(name);
    let image_name = image_name.to_ascii_lowercase();
    validate::image(&image_name).map_err(value("image"))?;

    let (tags, tags_from) = match table.tags {
        _ if !overrides.tags.is_empty() => (overrides.tags.clone(), None),
        Some(tags) if tags.is_empty() => {
            return Err(Unfilled::Value(
                "tags",
                "an image needs at least one tag".to_owned(),
            ));
        }
        Some(tags) => (tags, Some("tags")),
        None => (vec!["latest".to_owned()], None),
    };
    for tag in &tags {
        validate::tag(tag).map_err(|wrong| match tags_from {
            Some(key) => Unfilled::Value(key, wrong),
            None => Unfilled::Given("`--tag`", wrong),
        })?;
    }
    let platforms = if overrides.platforms.is_empty() {
        platforms(table.platforms)
            .map_err(|error| Unfilled::Value("platforms", error.to_string()))?
    } else {
        overrides.platforms.iter().copied().collect()
    };
    if platforms.is_empty() {
        return Err(Unfilled::Value(
            "platforms",
            "an image needs at least one platform".to_owned(),
        ));
    }
    table
        .env
        .keys()
        .try_for_each(|name| validate::env_name(name))
        .map_err(value("env"))?;
    let expose: Result<BTreeSet<String>, _> = table
        .expose
        .unwrap_or_default()
        .into_iter()
        .map(|port| match port {
            Port::Number(number) => validate::port(&number.to_string()),
            Port::Text(text) => validate::port(&text),
        })
        .collect();
    let volumes: Result<BTreeSet<String>, _> = table
        .volumes
        .unwrap_or_default()
        .iter()
        .map(|path| validate::absolute_path(path))
        .collect();
    let stop_signal = table.stop_signal.unwrap_or_else(|| "SIGTERM".to_owned());
    validate::signal(&stop_signal).map_err(value("stop-signal"))?;
    let max_size = match table.max_size {
        None => 100_000_000,
        Some(Size::Number(0)) => {
            return Err(Unfilled::Value("max-size", "it must be above 0".to_owned()));
        }
        Some(Size::Number(bytes)) => bytes,
        Some(Size::Text(text)) => validate::size(&text).map_err(value("max-size"))?,
    };
    let files: Result<Vec<IncludedFiles>, String> = table
        .files
        .unwrap_or_default()
        .into_iter()
        .map(|row| {
            let to = validate::absolute_path(&row.to)?;
            Ok(IncludedFiles { from: row.from, to })
        })
        .collect();
    validate::keys(&table.labels).map_err(value("labels"))?;
    validate::keys(&table.annotations).map_err(value("annotations"))?;
    validate::keys(&overrides.labels).map_err(given("`--label`"))?;

    let stamped = Stamped::new(package_labels, &table.labels, overrides);
    let mut features = table.features.unwrap_or_default();
    features.extend(overrides.features.iter().cloned());
    features.sort_unstable();
    features.dedup();
    Ok(Described {
        description: Description {
            name: image_name,
            image,
            tags,
            bins,
            entrypoint,
            args: table.args.unwrap_or_default(),
            platforms: platforms.into_iter().collect(),
            profile: overrides
                .profile
                .clone()
                .or(table.profile)
                .unwrap_or_else(|| "release".to_owned()),
            features,
            user: validate::user(table.user.as_deref().unwrap_or("65532:65532"))
                .map_err(value("user"))?,
            workdir: validate::absolute_path(table.workdir.as_deref().unwrap_or("/"))
                .map_err(value("workdir"))?,
            env: table.env,
            expose: expose.map_err(value("expose"))?,
            volumes: volumes.map_err(value("volumes"))?,
            stop_signal,
            files: files.map_err(value("files"))?,
            max_size,
            labels: stamped.join(&table.labels, &overrides.labels, overrides),
            annotations: stamped.join(&table.annotations, &overrides.annotations, overrides),
        },
        version: stamped.version,
        revision: stamped.revision,
    })
}

fn platforms(names: Option<Vec<String>>) -> Result<BTreeSet<TargetPlatform>, UnknownPlatform> {
    match names {
        None => Ok(TargetPlatform::ALL.into()),
        Some(names) => names.iter().map(|name| name.parse()).collect(),
    }
}
