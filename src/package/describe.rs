//! From a package, its table and flags to the description of its image.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use serde::Serialize;

use super::locate::{Package, quoted};
use super::table::{Port, Size, Table, TableError};
use super::values;
use crate::image::description::{Description, IncludedFiles};
use crate::image::platform::{Platform, UnknownPlatform};

/// The prefix of the annotations that OCI defines (image-spec 1.1, annotations.md).
const OCI: &str = "org.opencontainers.image";

/// What a caller says in the place of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--bin`; empty for the table's.
    pub bins: Vec<String>,
    /// `--platform`; empty for the table's.
    pub platforms: Vec<Platform>,
    /// `--tag`; empty for the table's.
    pub tags: Vec<String>,
    /// `--label`: added to the table's.
    pub labels: BTreeMap<String, String>,
    /// `--annotation`: added to the table's.
    pub annotations: BTreeMap<String, String>,
    /// `--profile`
    pub profile: Option<String>,
    /// `--features`, added to the table's.
    pub features: Vec<String>,
    /// `--version-label`
    pub version_flag: Option<String>,
    /// The variable `VERSION`.
    pub version_variable: Option<String>,
    /// `--revision`
    pub revision_flag: Option<String>,
    /// The variable `COMMIT_SHA`.
    pub revision_variable: Option<String>,
    /// Who publishes: takes the place of `OWNER` in `image`, labels and annotations.
    pub owner: Option<String>,
}

/// Where the version or the revision in the labels comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "mcp", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A flag.
    Flag,
    /// `VERSION` or `COMMIT_SHA`.
    Environment,
    /// The labels of the table.
    Table,
    /// `[package]`.
    Package,
}

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

    /// The binaries that go into the image: those that are asked for, else the one
    /// that `cargo run` would run, else the only one.
    fn chosen_bins(
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

    /// What `[package]` says, as annotations that OCI defines.
    fn labels(&self) -> BTreeMap<String, String> {
        let package = self.manifest.package();
        let authors = package.authors().join(", ");
        let license = package.license().map(|license| {
            license
                .split('/')
                .map(str::trim)
                .collect::<Vec<_>>()
                .join(" OR ")
        });
        let version = package.version().to_string();
        let fields = [
            ("title", Some(package.name())),
            ("description", package.description()),
            ("version", Some(version.as_str())),
            ("licenses", license.as_deref()),
            ("authors", Some(authors.as_str())),
            ("source", package.repository()),
            ("url", package.homepage()),
            ("documentation", package.documentation()),
        ];
        let said = |(key, value): (&str, Option<&str>)| {
            let value = value?.trim();
            (!value.is_empty()).then(|| (format!("{OCI}.{key}"), value.to_owned()))
        };
        fields.into_iter().filter_map(said).collect()
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

fn entrypoint(
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
        values::image(image).map_err(value("image"))?;
    }
    let image_name = image
        .as_deref()
        .and_then(|image| image.rsplit('/').next())
        .unwrap_or(name);
    let image_name = image_name.to_ascii_lowercase();
    values::image(&image_name).map_err(value("image"))?;

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
        values::tag(tag).map_err(|wrong| match tags_from {
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
        .try_for_each(|name| values::env_name(name))
        .map_err(value("env"))?;
    let expose: Result<BTreeSet<String>, _> = table
        .expose
        .unwrap_or_default()
        .into_iter()
        .map(|port| match port {
            Port::Number(number) => values::port(&number.to_string()),
            Port::Text(text) => values::port(&text),
        })
        .collect();
    let volumes: Result<BTreeSet<String>, _> = table
        .volumes
        .unwrap_or_default()
        .iter()
        .map(|path| values::absolute_path(path))
        .collect();
    let stop_signal = table.stop_signal.unwrap_or_else(|| "SIGTERM".to_owned());
    values::signal(&stop_signal).map_err(value("stop-signal"))?;
    let max_size = match table.max_size {
        None => 100_000_000,
        Some(Size::Number(0)) => {
            return Err(Unfilled::Value("max-size", "it must be above 0".to_owned()));
        }
        Some(Size::Number(bytes)) => bytes,
        Some(Size::Text(text)) => values::size(&text).map_err(value("max-size"))?,
    };
    let files: Result<Vec<IncludedFiles>, String> = table
        .files
        .unwrap_or_default()
        .into_iter()
        .map(|row| {
            let to = values::absolute_path(&row.to)?;
            Ok(IncludedFiles { from: row.from, to })
        })
        .collect();
    values::keys(&table.labels).map_err(value("labels"))?;
    values::keys(&table.annotations).map_err(value("annotations"))?;
    values::keys(&overrides.labels).map_err(given("`--label`"))?;

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
            user: values::user(table.user.as_deref().unwrap_or("65532:65532"))
                .map_err(value("user"))?,
            workdir: values::absolute_path(table.workdir.as_deref().unwrap_or("/"))
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

fn platforms(names: Option<Vec<String>>) -> Result<BTreeSet<Platform>, UnknownPlatform> {
    match names {
        None => Ok(Platform::ALL.into()),
        Some(names) => names.iter().map(|name| name.parse()).collect(),
    }
}

/// `OWNER` as a part of a name becomes whoever publishes.
fn with_owner(text: &str, overrides: &Overrides, lower_case: bool) -> String {
    match &overrides.owner {
        Some(owner) if lower_case => text.replace("OWNER", &owner.to_lowercase()),
        Some(owner) => text.replace("OWNER", owner),
        None => text.to_owned(),
    }
}

/// What `[package]` says, with the version and revision that count.
struct Stamped {
    base: BTreeMap<String, String>,
    version: Option<(String, Origin)>,
    revision: Option<(String, Origin)>,
}

impl Stamped {
    fn new(
        package: &BTreeMap<String, String>,
        table: &BTreeMap<String, String>,
        overrides: &Overrides,
    ) -> Self {
        let choose = |key: &str, flag: &Option<String>, variable: &Option<String>| {
            let key = format!("{OCI}.{key}");
            let candidates = [
                (flag.as_ref(), Origin::Flag),
                (variable.as_ref(), Origin::Environment),
                (table.get(&key), Origin::Table),
                (package.get(&key), Origin::Package),
            ];
            candidates.into_iter().find_map(|(value, origin)| {
                value
                    .filter(|value| !value.is_empty())
                    .map(|value| (value.clone(), origin))
            })
        };
        let version = choose(
            "version",
            &overrides.version_flag,
            &overrides.version_variable,
        );
        let revision = choose(
            "revision",
            &overrides.revision_flag,
            &overrides.revision_variable,
        );
        Self {
            base: package.clone(),
            version,
            revision,
        }
    }

    /// The labels or annotations of the image: those of the package, over them the
    /// table's, the version and revision that count, and the flags'.
    fn join(
        &self,
        table: &BTreeMap<String, String>,
        flags: &BTreeMap<String, String>,
        overrides: &Overrides,
    ) -> BTreeMap<String, String> {
        let mut joined = self.base.clone();
        for (key, value) in table {
            joined.insert(key.clone(), with_owner(value, overrides, false));
        }
        for (key, value) in [("version", &self.version), ("revision", &self.revision)] {
            if let Some((value, _)) = value {
                joined.insert(format!("{OCI}.{key}"), value.clone());
            }
        }
        joined.extend(flags.clone());
        joined
    }
}
