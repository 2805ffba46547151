//! `[package.metadata.muslin]`, with `[workspace.metadata.muslin]` for defaults.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::package::manifest::Package;

/// The table as it is written: what is not said is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // The keys are documented in docs/reference/description.md.
pub struct Table {
    pub image: Option<String>,
    pub tags: Option<Vec<String>>,
    pub bins: Option<Vec<String>>,
    pub entrypoint: Option<String>,
    pub args: Option<Vec<String>>,
    pub platforms: Option<Vec<String>>,
    pub profile: Option<String>,
    pub features: Option<Vec<String>>,
    pub user: Option<String>,
    pub workdir: Option<String>,
    pub env: BTreeMap<String, String>,
    pub expose: Option<Vec<Port>>,
    pub volumes: Option<Vec<String>>,
    pub stop_signal: Option<String>,
    pub files: Option<Vec<FilesRow>>,
    pub max_size: Option<Size>,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
}

/// A port: `8080` or `"53/udp"`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Port {
    /// A number: TCP.
    Number(u16),
    /// `port/protocol`.
    Text(String),
}

/// A size: bytes, or text with a unit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Size {
    /// Bytes.
    Number(u64),
    /// `100MB`.
    Text(String),
}

/// `{ from = "assets", to = "/usr/share/app" }`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesRow {
    /// Relative to the package's folder.
    pub from: String,
    /// An absolute path in the image.
    pub to: String,
}

/// The keys of the table.
pub const KEYS: [&str; 18] = [
    "image",
    "tags",
    "bins",
    "entrypoint",
    "args",
    "platforms",
    "profile",
    "features",
    "user",
    "workdir",
    "env",
    "expose",
    "volumes",
    "stop-signal",
    "files",
    "max-size",
    "labels",
    "annotations",
];

/// The table that gives defaults to the members of a workspace.
const SHARED: &str = "workspace.metadata.muslin";
/// The table of a package.
const OWN: &str = "package.metadata.muslin";

/// What is wrong with the table.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TableError {
    /// A key that there is not.
    #[error("`{key}` in `{manifest}` is no key of `[{table}]`{hint}")]
    UnknownKey {
        /// The key.
        key: String,
        /// The table's name.
        table: &'static str,
        /// The manifest.
        manifest: Utf8PathBuf,
        /// The key that may be meant, as a half sentence.
        hint: String,
    },
    /// Images have no base image.
    #[error(
        "`base` in `{manifest}`: images start from nothing, because a static program needs no base image and one would \
         make the image larger and change without you; CA certificates, users and `/tmp` are there already, and \
         `files` adds what else you need"
    )]
    Base {
        /// The manifest.
        manifest: Utf8PathBuf,
    },
    /// A value has another type than its key wants.
    #[error("`{key}` in `[{table}]` of `{manifest}` cannot be read: {message}")]
    WrongType {
        /// The key.
        key: &'static str,
        /// The table's name.
        table: &'static str,
        /// The manifest.
        manifest: Utf8PathBuf,
        /// What the parser says.
        message: String,
    },
}

impl Table {
    /// The table of a package; what it does not say, its workspace's says. `env`,
    /// `labels` and `annotations` are joined key by key.
    ///
    /// # Errors
    /// What [`TableError`] says.
    pub fn of(package: &Package) -> Result<Self, TableError> {
        let root = package.workspace.as_ref().unwrap_or(&package.manifest);
        let root_manifest = package.workspace_root.join("Cargo.toml");
        let shared = root
            .workspace
            .as_ref()
            .and_then(|workspace| workspace.metadata.as_ref());
        let shared = Source {
            table: SHARED,
            manifest: &root_manifest,
        }
        .read(shared)?;
        let own = Source {
            table: OWN,
            manifest: &package.manifest_path,
        }
        .read(package.manifest.package().metadata.as_ref())?;
        Ok(own.or(shared))
    }

    /// The table that a key's value comes from, and its manifest: the package's
    /// unless only the workspace's has the key.
    pub(in crate::package) fn place_of(
        package: &Package,
        key: &str,
    ) -> (&'static str, Utf8PathBuf) {
        let has = |metadata: Option<&toml::Value>| {
            metadata
                .and_then(|metadata| metadata.get("muslin")?.get(key))
                .is_some()
        };
        let root = package.workspace.as_ref().unwrap_or(&package.manifest);
        let shared = root.workspace.as_ref();
        if !has(package.manifest.package().metadata.as_ref())
            && has(shared.and_then(|workspace| workspace.metadata.as_ref()))
        {
            return (SHARED, package.workspace_root.join("Cargo.toml"));
        }
        (OWN, package.manifest_path.clone())
    }

    fn or(self, other: Self) -> Self {
        let join = |mut below: BTreeMap<String, String>, above| {
            below.extend(above);
            below
        };
        Self {
            image: self.image.or(other.image),
            tags: self.tags.or(other.tags),
            bins: self.bins.or(other.bins),
            entrypoint: self.entrypoint.or(other.entrypoint),
            args: self.args.or(other.args),
            platforms: self.platforms.or(other.platforms),
            profile: self.profile.or(other.profile),
            features: self.features.or(other.features),
            user: self.user.or(other.user),
            workdir: self.workdir.or(other.workdir),
            env: join(other.env, self.env),
            expose: self.expose.or(other.expose),
            volumes: self.volumes.or(other.volumes),
            stop_signal: self.stop_signal.or(other.stop_signal),
            files: self.files.or(other.files),
            max_size: self.max_size.or(other.max_size),
            labels: join(other.labels, self.labels),
            annotations: join(other.annotations, self.annotations),
        }
    }
}

/// Where a table is written.
struct Source<'a> {
    table: &'static str,
    manifest: &'a Utf8Path,
}

impl Source<'_> {
    fn read(&self, metadata: Option<&toml::Value>) -> Result<Table, TableError> {
        let Some(value) = metadata.and_then(|metadata| metadata.get("muslin")) else {
            return Ok(Table::default());
        };
        let Some(table) = value.as_table() else {
            return Err(TableError::WrongType {
                key: "muslin",
                table: self.table,
                manifest: self.manifest.to_owned(),
                message: format!("it is {}, and should be a table", value.type_str()),
            });
        };
        if let Some(unknown) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(self.unknown(unknown));
        }
        Ok(Table {
            image: self.take(table, "image")?,
            tags: self.take(table, "tags")?,
            bins: self.take(table, "bins")?,
            entrypoint: self.take(table, "entrypoint")?,
            args: self.take(table, "args")?,
            platforms: self.take(table, "platforms")?,
            profile: self.take(table, "profile")?,
            features: self.take(table, "features")?,
            user: self.take(table, "user")?,
            workdir: self.take(table, "workdir")?,
            env: self.take(table, "env")?.unwrap_or_default(),
            expose: self.take(table, "expose")?,
            volumes: self.take(table, "volumes")?,
            stop_signal: self.take(table, "stop-signal")?,
            files: self.take(table, "files")?,
            max_size: self.take(table, "max-size")?,
            labels: self.take(table, "labels")?.unwrap_or_default(),
            annotations: self.take(table, "annotations")?.unwrap_or_default(),
        })
    }

    fn unknown(&self, key: &str) -> TableError {
        if key == "base" {
            return TableError::Base {
                manifest: self.manifest.to_owned(),
            };
        }
        let (distance, nearest) = KEYS
            .into_iter()
            .map(|known| (strsim::damerau_levenshtein(known, key), known))
            .min()
            .expect("there are keys");
        let hint = if distance <= 2 {
            format!("; did you mean `{nearest}`?")
        } else {
            format!("; its keys are {}", crate::quote::quoted(KEYS))
        };
        TableError::UnknownKey {
            key: key.to_owned(),
            table: self.table,
            manifest: self.manifest.to_owned(),
            hint,
        }
    }

    fn take<T: DeserializeOwned>(
        &self,
        table: &toml::Table,
        key: &'static str,
    ) -> Result<Option<T>, TableError> {
        let Some(value) = table.get(key) else {
            return Ok(None);
        };
        value
            .clone()
            .try_into()
            .map(Some)
            .map_err(|error: toml::de::Error| TableError::WrongType {
                key,
                table: self.table,
                manifest: self.manifest.to_owned(),
                message: error.message().to_owned(),
            })
    }
}
