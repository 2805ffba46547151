//! An installed Rust toolchain: cargo, rustc and the sysroot.

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

/// An installed Rust toolchain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toolchain {
    /// The path of cargo.
    pub cargo: Utf8PathBuf,
    /// The path of rustc.
    pub rustc: Utf8PathBuf,
    /// The output of `rustc -vV`.
    pub verbose_version: String,
    /// The output of `rustc --print sysroot`.
    pub sysroot: Utf8PathBuf,
}

impl Toolchain {
    /// The first line of `rustc -vV`: `rustc 1.96.0 (ac68faa20 2026-05-25)`.
    #[must_use]
    pub fn version_line(&self) -> &str {
        self.verbose_version.lines().next().unwrap_or_default()
    }

    /// A field of `rustc -vV`, such as `commit-hash` or `host`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.verbose_version
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The commit of rustc, or its release where the commit is unknown: the `HASH` of
    /// `/rustc/HASH`, which stands for the source of the standard library in debug information.
    #[must_use]
    pub fn commit(&self) -> &str {
        self.field("commit-hash")
            .filter(|hash| *hash != "unknown")
            .or_else(|| self.field("release"))
            .unwrap_or("unknown")
    }

    /// Whether the sysroot has a standard library for this target.
    pub(super) fn has_std(&self, target: &str) -> bool {
        let directory = self.sysroot.join("lib/rustlib").join(target).join("lib");
        let Ok(entries) = directory.read_dir_utf8() else {
            return false;
        };
        entries.flatten().any(|entry| {
            let name = entry.file_name();
            name.starts_with("libstd-") && name.ends_with(".rlib")
        })
    }

    /// Where the component rust-src is installed, or would be.
    pub(super) fn rust_src_directory(&self) -> Utf8PathBuf {
        self.sysroot.join("lib/rustlib/src/rust")
    }

    /// The component rust-src, if it is installed.
    pub(super) fn rust_src(&self) -> Option<Utf8PathBuf> {
        let source = self.rust_src_directory();
        source
            .join("library/std/Cargo.toml")
            .exists()
            .then_some(source)
    }

    /// The toolchain's name in rustup, if rustup manages it.
    pub(super) fn rustup_name(&self, rustup_home: &Utf8Path) -> Option<&str> {
        let toolchains = rustup_home.join("toolchains");
        (self.sysroot.parent()? == toolchains).then(|| self.sysroot.file_name())?
    }
}
