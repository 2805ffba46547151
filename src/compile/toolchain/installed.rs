//! A cargo and its rustc, and what they have for a musl target.

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

/// A cargo and the rustc that it is to use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toolchain {
    /// The cargo to run.
    pub cargo: Utf8PathBuf,
    /// The compiler to run.
    pub rustc: Utf8PathBuf,
    /// What `rustc -vV` prints.
    pub verbose_version: String,
    /// The compiler's own folder.
    pub sysroot: Utf8PathBuf,
}

/// Why no toolchain can compile for the targets.
#[derive(Debug, thiserror::Error)]
pub enum ToolchainError {
    /// There is no cargo, or no rustc.
    #[error(
        "`{program}` is not on the PATH; install Rust (with rustup or your distribution's packages) and try again"
    )]
    NotFound {
        /// `cargo` or `rustc`.
        program: String,
    },
    /// A compiler that is there does not answer.
    #[error("`{rustc} -vV` failed: {message}")]
    Broken {
        /// The compiler.
        rustc: Utf8PathBuf,
        /// What it said.
        message: String,
    },
    /// No compiler has a standard library for the targets or can get one.
    #[error(
        "no musl standard library for {targets}, and none can be had with `{rustc}` ({version}); one of these would help: \
         `rustup target add {targets}`, `rustup component add rust-src`, or on Debian \
         `apt-get install rustc-web cargo-web rust-web-src`"
    )]
    NoStd {
        /// The Rust targets, separated by spaces.
        targets: String,
        /// The compiler that was asked.
        rustc: Utf8PathBuf,
        /// Its version.
        version: String,
    },
}

impl Toolchain {
    /// The first line of `rustc -vV`: `rustc 1.96.0 (ac68faa20 2026-05-25)`.
    #[must_use]
    pub fn version_line(&self) -> &str {
        self.verbose_version.lines().next().unwrap_or_default()
    }

    /// A line of `rustc -vV`, such as `commit-hash` or `host`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.verbose_version
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// Names the compiler in paths of its library: its commit, or its release.
    #[must_use]
    pub fn commit(&self) -> &str {
        self.field("commit-hash")
            .filter(|hash| *hash != "unknown")
            .or_else(|| self.field("release"))
            .unwrap_or("unknown")
    }

    /// Whether it brought a standard library for this target.
    pub(super) fn has_std(&self, target: &str) -> bool {
        let folder = self.sysroot.join("lib/rustlib").join(target).join("lib");
        let Ok(entries) = folder.read_dir_utf8() else {
            return false;
        };
        entries.flatten().any(|entry| {
            let name = entry.file_name();
            name.starts_with("libstd-") && name.ends_with(".rlib")
        })
    }

    /// The source of its standard library, if it has it.
    pub(super) fn rust_src(&self) -> Option<Utf8PathBuf> {
        let source = self.sysroot.join("lib/rustlib/src/rust");
        source
            .join("library/std/Cargo.toml")
            .exists()
            .then_some(source)
    }

    /// Its name in rustup, if rustup manages it.
    pub(super) fn rustup_name(&self, rustup_home: &Utf8Path) -> Option<&str> {
        let toolchains = rustup_home.join("toolchains");
        (self.sysroot.parent()? == toolchains).then(|| self.sysroot.file_name())?
    }
}
