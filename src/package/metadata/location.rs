//! Where a metadata table is written.

use camino::Utf8PathBuf;

use crate::package::manifest::Package;

/// A metadata table's name and manifest, for messages.
pub(super) struct Location {
    pub(super) table: &'static str,
    pub(super) manifest: Utf8PathBuf,
}

impl Location {
    /// Where a package's own table is written.
    pub(super) fn of_package(package: &Package) -> Self {
        Self {
            table: "package.metadata.muslin",
            manifest: package.manifest_path.clone(),
        }
    }

    /// Where the table with defaults for all members of a workspace is written.
    pub(super) fn of_workspace(package: &Package) -> Self {
        Self {
            table: "workspace.metadata.muslin",
            manifest: package.workspace_root.join("Cargo.toml"),
        }
    }
}
