//! Options that override the metadata table.

use std::collections::BTreeMap;

use crate::platform::TargetPlatform;

/// Options of a command line or an MCP client that override the metadata table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--bin`; if empty, those of the table.
    pub bins: Vec<String>,
    /// `--platform`; if empty, those of the table.
    pub platforms: Vec<TargetPlatform>,
    /// `--tag`; if empty, those of the table.
    pub tags: Vec<String>,
    /// `--label`, added to those of the table.
    pub labels: BTreeMap<String, String>,
    /// `--annotation`, added to those of the table.
    pub annotations: BTreeMap<String, String>,
    /// `--profile`
    pub profile: Option<String>,
    /// `--features`, added to those of the table.
    pub features: Vec<String>,
    /// `--version-label`
    pub version_flag: Option<String>,
    /// The variable `VERSION`.
    pub version_variable: Option<String>,
    /// `--revision`
    pub revision_flag: Option<String>,
    /// The variable `COMMIT_SHA`.
    pub revision_variable: Option<String>,
    /// The publisher, which replaces `OWNER` in `image`, labels and annotations.
    pub owner: Option<String>,
}
