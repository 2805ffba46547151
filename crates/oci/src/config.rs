//! The image config (OCI image-spec 1.1, config.md).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// The config of one platform's image.
///
/// Unknown fields are dropped when it is parsed, so configs are copied as bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageConfig {
    /// The creation time of the image, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// The author of the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// A Go `GOARCH`, such as `amd64`.
    pub architecture: String,
    /// A Go `GOOS`, such as `linux`.
    pub os: String,
    /// The variant of the architecture, such as `v7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Execution parameters for containers.
    #[serde(default)]
    pub config: Execution,
    /// The diff IDs of the layers.
    pub rootfs: RootFs,
    /// The history of the layers, in the same order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<History>,
}

/// Execution parameters for containers of the image (config.md, `config`).
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
    /// The executable and its fixed arguments.
    #[serde(default, skip_serializing_if = "is_none_or_empty_list")]
    pub entrypoint: Option<Vec<String>>,
    /// The default arguments, which the caller can replace.
    #[serde(default, skip_serializing_if = "is_none_or_empty_list")]
    pub cmd: Option<Vec<String>>,
    /// Volumes by path; the values are empty objects.
    #[serde(default, skip_serializing_if = "is_none_or_empty")]
    #[allow(clippy::zero_sized_map_values)] // It is written as a map.
    pub volumes: Option<BTreeMap<String, Empty>>,
    /// The folder in which the program starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<String>,
    /// Labels by key.
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

/// An entry of the history (config.md, `history`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The creation time of the layer, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// What created the layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// Whether the entry has no layer.
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
