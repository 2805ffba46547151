//! What an image says of itself and how it runs: the one description that all
//! lanes share.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::platform::TargetPlatform;

/// The description of an image, complete: every default is filled in.
///
/// Its JSON form is what the golden files of `[package.metadata.muslin]` hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Description {
    /// Names the default layout: the last part of `image`, or the package's name.
    pub name: String,
    /// Where the image goes by default, without a tag: `ghcr.io/OWNER/muslin`.
    pub image: Option<String>,
    /// Tags for the image, at least one.
    pub tags: Vec<String>,
    /// Names of the binaries, in the order given; each is `/usr/local/bin/<name>`.
    pub bins: Vec<String>,
    /// The binary that the container starts.
    pub entrypoint: String,
    /// Its arguments, which a caller replaces (`Cmd`).
    pub args: Vec<String>,
    /// What the image is built for, sorted.
    pub platforms: Vec<TargetPlatform>,
    /// The cargo profile.
    pub profile: String,
    /// Cargo features.
    pub features: Vec<String>,
    /// `uid:gid`, numeric.
    pub user: String,
    /// The folder in which the program starts.
    pub workdir: String,
    /// Environment variables.
    pub env: BTreeMap<String, String>,
    /// `port/protocol`, such as `8080/tcp`.
    pub expose: BTreeSet<String>,
    /// Folders that hold data of the container.
    pub volumes: BTreeSet<String>,
    /// The signal that ends the program.
    pub stop_signal: String,
    /// Files of the package that go into the image.
    pub files: Vec<IncludedFiles>,
    /// The largest compressed size of one platform's image, in bytes.
    pub max_size: u64,
    /// Labels for the config of every platform: those of `[package]` and the table's own.
    pub labels: BTreeMap<String, String>,
    /// Annotations for index and manifests.
    pub annotations: BTreeMap<String, String>,
}

/// A file or folder of the package and its place in the image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IncludedFiles {
    /// Relative to the package's folder, within it.
    pub from: String,
    /// An absolute path in the image.
    pub to: String,
}
