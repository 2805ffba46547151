//! The description of an image, which all lanes share.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::labels::Origin;
use crate::platform::TargetPlatform;

/// The description of an image, with all defaults filled in.
///
/// Its JSON is compared with golden files, by the tests of this crate and of the Nix lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Description {
    /// The last part of `image`, or the package's name: the name of the default OCI layout.
    pub name: String,
    /// The repository, without a tag: `ghcr.io/OWNER/muslin`.
    pub image: Option<String>,
    /// The tags of the image, at least one.
    pub tags: Vec<String>,
    /// The names of the binaries, in the order given. Each is installed as `/usr/local/bin/NAME`.
    pub bins: Vec<String>,
    /// The binary that a container starts.
    pub entrypoint: String,
    /// The default arguments of the entrypoint (`Cmd`).
    pub args: Vec<String>,
    /// The platforms of the image, sorted.
    pub platforms: Vec<TargetPlatform>,
    /// The cargo profile.
    pub profile: String,
    /// The cargo features.
    pub features: Vec<String>,
    /// `uid:gid`, numeric.
    pub user: String,
    /// The working directory of the container.
    pub workdir: String,
    /// The environment variables of the container.
    pub env: BTreeMap<String, String>,
    /// The exposed ports, such as `8080/tcp`.
    pub expose: BTreeSet<String>,
    /// The paths of the volumes.
    pub volumes: BTreeSet<String>,
    /// The signal that stops the container.
    pub stop_signal: String,
    /// Files of the package to include in the image.
    pub files: Vec<IncludedFiles>,
    /// The maximum compressed size of the image of one platform, in bytes.
    pub max_size: u64,
    /// The labels in the config of every platform.
    pub labels: BTreeMap<String, String>,
    /// The annotations of the index and the manifests.
    pub annotations: BTreeMap<String, String>,
}

/// A file or directory of the package, and its path in the image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IncludedFiles {
    /// Its path in the package's directory.
    pub from: String,
    /// Its absolute path in the image.
    pub to: String,
}

/// A description, and the origins of its version and revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescriptionWithOrigins {
    /// The description.
    pub description: Description,
    /// The version in the labels.
    pub version: Option<(String, Origin)>,
    /// The revision in the labels.
    pub revision: Option<(String, Origin)>,
}
