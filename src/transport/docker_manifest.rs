//! `manifest.json`, which lists the images of a docker-archive.

use serde::{Deserialize, Serialize};

/// One image of the archive (Docker image spec v1.2, "Combined Image JSON").
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Item {
    /// The config's file.
    pub(super) config: String,
    /// Each `name:tag` of the image.
    #[serde(default)]
    pub(super) repo_tags: Option<Vec<String>>,
    /// The layers' files, from the bottom up.
    #[serde(default)]
    pub(super) layers: Option<Vec<String>>,
}

/// A name with its tag as Docker shows it: `docker.io/library/x` is `x:latest`.
pub(super) fn familiar(name: &str) -> String {
    let short = name.strip_prefix("docker.io/").unwrap_or(name);
    let short = match short.strip_prefix("library/") {
        Some(shorter) if !shorter.contains('/') => shorter,
        _ => short,
    };
    let last = short.rsplit_once('/').map_or(short, |(_, last)| last);
    if last.contains(':') {
        short.to_owned()
    } else {
        format!("{short}:latest")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_docker_shows_them() {
        for (name, shown) in [
            ("x", "x:latest"),
            ("x:1", "x:1"),
            ("docker.io/library/x:1", "x:1"),
            ("docker.io/me/x", "me/x:latest"),
            ("library/x/y", "library/x/y:latest"),
            ("host:5000/x", "host:5000/x:latest"),
        ] {
            assert_eq!(familiar(name), shown);
        }
    }
}
