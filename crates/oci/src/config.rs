//! The image config (OCI image-spec 1.1, config.md).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// What to run and how, for one platform.
///
/// Fields that muslin does not know are dropped on reading, so a config that is
/// passed on is passed on as its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageConfig {
    /// When the image was made, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// A Go `GOARCH`, such as `amd64`.
    pub architecture: String,
    /// A Go `GOOS`, such as `linux`.
    pub os: String,
    /// The variant of the architecture, such as `v7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// How a container is started.
    #[serde(default)]
    pub config: Execution,
    /// The layers, by the digests of their uncompressed tars.
    pub rootfs: RootFs,
    /// What made each layer, in the same order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<History>,
}

/// How a container is started from the image (config.md, `config`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct Execution {
    /// `uid:gid`, or a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// `port/protocol` by key; the values are empty objects.
    #[serde(default, skip_serializing_if = "is_none_or_empty")]
    #[allow(clippy::zero_sized_map_values)] // It is written as a map.
    pub exposed_ports: Option<BTreeMap<String, Empty>>,
    /// `NAME=value`.
    #[serde(default, skip_serializing_if = "is_none_or_empty_list")]
    pub env: Option<Vec<String>>,
    /// The program and its fixed arguments.
    #[serde(default, skip_serializing_if = "is_none_or_empty_list")]
    pub entrypoint: Option<Vec<String>>,
    /// The arguments that a caller replaces.
    #[serde(default, skip_serializing_if = "is_none_or_empty_list")]
    pub cmd: Option<Vec<String>>,
    /// Folders that hold data of the container; the values are empty objects.
    #[serde(default, skip_serializing_if = "is_none_or_empty")]
    #[allow(clippy::zero_sized_map_values)] // It is written as a map.
    pub volumes: Option<BTreeMap<String, Empty>>,
    /// The folder in which the program starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<String>,
    /// Free text by key.
    #[serde(default, skip_serializing_if = "is_none_or_empty")]
    pub labels: Option<BTreeMap<String, String>>,
    /// The signal that ends the program, such as `SIGTERM`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_signal: Option<String>,
}

/// The layers of an image (config.md, `rootfs`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootFs {
    /// Always `layers`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Digests of the uncompressed tars, from the bottom up.
    pub diff_ids: Vec<Digest>,
}

/// What made a layer (config.md, `history`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// When, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// By what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// Whether there is no layer for this entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty_layer: Option<bool>,
}

/// `{}`: the value of Go's `map[string]struct{}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Empty {}

#[allow(clippy::ref_option)] // serde calls it.
fn is_none_or_empty<V>(map: &Option<BTreeMap<String, V>>) -> bool {
    map.as_ref().is_none_or(BTreeMap::is_empty)
}

#[allow(clippy::ref_option)] // serde calls it.
fn is_none_or_empty_list(list: &Option<Vec<String>>) -> bool {
    list.as_ref().is_none_or(Vec::is_empty)
}
