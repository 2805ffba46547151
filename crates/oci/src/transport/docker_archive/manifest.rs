//! `manifest.json`, which lists the images of a docker-archive.

use serde::{Deserialize, Serialize};

/// One image of the archive (Docker image spec v1.2, "Combined Image JSON").
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ManifestItem {
    /// The config's file.
    pub(super) config: String,
    /// Each `name:tag` of the image.
    #[serde(default)]
    pub(super) repo_tags: Option<Vec<String>>,
    /// The layers' files, from the bottom up.
    #[serde(default)]
    pub(super) layers: Option<Vec<String>>,
}
