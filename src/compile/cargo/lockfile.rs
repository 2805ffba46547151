//! Reading `Cargo.lock`.

use serde::Deserialize;

/// A package in `Cargo.lock`.
#[derive(Deserialize)]
pub(super) struct LockedPackage {
    pub(super) name: String,
    pub(super) version: String,
    /// Where it was downloaded from, such as
    /// `registry+https://github.com/rust-lang/crates.io-index`; none for local packages.
    pub(super) source: Option<String>,
}

impl LockedPackage {
    /// The name of the directory in which cargo unpacks it.
    pub(super) fn directory_name(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    /// The registry that it is from, if it is from one.
    pub(super) fn registry(&self) -> Option<&str> {
        self.source
            .as_deref()
            .filter(|source| source.starts_with("registry+") || source.starts_with("sparse+"))
    }
}

/// The packages of a lock file.
pub(super) fn parse(text: &str) -> Result<Vec<LockedPackage>, toml::de::Error> {
    #[derive(Deserialize)]
    struct Lockfile {
        #[serde(default)]
        package: Vec<LockedPackage>,
    }
    Ok(toml::from_str::<Lockfile>(text)?.package)
}
