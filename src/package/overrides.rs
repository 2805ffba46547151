//! What a command line or a client says over Cargo.toml.

use std::collections::BTreeMap;

use crate::platform::TargetPlatform;

/// What a caller says in the place of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--bin`; empty for the table's.
    pub bins: Vec<String>,
    /// `--platform`; empty for the table's.
    pub platforms: Vec<TargetPlatform>,
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
