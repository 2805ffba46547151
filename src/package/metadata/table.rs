//! The keys of the metadata table and their types.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The metadata table as it is written: keys that are not set are `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "docs/reference/description.md documents the keys"
)]
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
    pub files: Option<Vec<FilesEntry>>,
    pub max_size: Option<Size>,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
}

/// The names of all keys.
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

/// A port of `expose`: `8080` or `"53/udp"`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Port {
    /// The number of a TCP port.
    Number(u16),
    /// `port/protocol`
    Text(String),
}

/// A value of `max-size`: a number of bytes, or text with a unit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Size {
    /// Bytes.
    Number(u64),
    /// Such as `100MB`.
    Text(String),
}

/// An entry of `files`: `{ from = "assets", to = "/usr/share/app" }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesEntry {
    /// A path in the package's directory.
    pub from: String,
    /// An absolute path in the image.
    pub to: String,
}

impl Table {
    /// This table, with keys that are not set taken from `defaults`. `env`, `labels` and
    /// `annotations` are merged key by key.
    pub(super) fn or(self, defaults: Self) -> Self {
        let merge = |mut merged: BTreeMap<String, String>, over| {
            merged.extend(over);
            merged
        };
        Self {
            image: self.image.or(defaults.image),
            tags: self.tags.or(defaults.tags),
            bins: self.bins.or(defaults.bins),
            entrypoint: self.entrypoint.or(defaults.entrypoint),
            args: self.args.or(defaults.args),
            platforms: self.platforms.or(defaults.platforms),
            profile: self.profile.or(defaults.profile),
            features: self.features.or(defaults.features),
            user: self.user.or(defaults.user),
            workdir: self.workdir.or(defaults.workdir),
            env: merge(defaults.env, self.env),
            expose: self.expose.or(defaults.expose),
            volumes: self.volumes.or(defaults.volumes),
            stop_signal: self.stop_signal.or(defaults.stop_signal),
            files: self.files.or(defaults.files),
            max_size: self.max_size.or(defaults.max_size),
            labels: merge(defaults.labels, self.labels),
            annotations: merge(defaults.annotations, self.annotations),
        }
    }
}
