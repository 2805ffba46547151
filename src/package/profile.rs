//! The cargo profiles of a manifest.

use super::manifest::Package;

impl Package {
    /// The table `[profile]` of the workspace.
    #[must_use]
    pub fn profiles(&self) -> toml::Table {
        toml::Table::try_from(&self.root_manifest().profile).unwrap_or_default()
    }
}
