//! Which cargo and rustc compile, and what they lack for a musl target.

use std::collections::BTreeMap;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::probe::probe;
use super::processes::Processes;
use super::standard_library::StdSource;
use super::{Environment, text};
use crate::image::digest::Digest;

/// What surrounds a build: where it happens and with which variables.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The folder that toolchain files are searched from.
    pub cwd: &'a Utf8Path,
    /// The caller's variables.
    pub environment: &'a Environment,
    /// Where answers, tools and standard libraries are kept.
    pub cache_dir: &'a Utf8Path,
    /// Whether nothing may be downloaded.
    pub offline: bool,
    /// What starts programs.
    pub processes: &'a Processes,
}

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

/// Why a toolchain is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "mcp", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// The project or the caller chose it: a toolchain file, `RUSTUP_TOOLCHAIN` or `RUSTC`.
    Chosen,
    /// It is what `cargo` on the `PATH` uses.
    Default,
    /// The default one has no musl standard library and can get none; this one can.
    Fallback,
}

/// A toolchain that can compile for the targets.
#[derive(Clone, Debug)]
pub struct Found {
    /// The toolchain.
    pub toolchain: Toolchain,
    /// Why it is this one.
    pub choice: Choice,
    /// Where its musl standard library comes from.
    pub std: StdSource,
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
    fn has_std(&self, target: &str) -> bool {
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
    fn rust_src(&self) -> Option<Utf8PathBuf> {
        let source = self.sysroot.join("lib/rustlib/src/rust");
        source
            .join("library/std/Cargo.toml")
            .exists()
            .then_some(source)
    }

    /// Its name in rustup, if rustup manages it.
    fn rustup_name(&self, rustup_home: &Utf8Path) -> Option<&str> {
        let toolchains = rustup_home.join("toolchains");
        (self.sysroot.parent()? == toolchains).then(|| self.sysroot.file_name())?
    }
}

/// Finds a toolchain that has the musl standard library, can add it or can build
/// it: the one that cargo would use, or, if nobody chose that one, another of the
/// machine.
///
/// # Errors
/// What [`ToolchainError`] says.
pub fn find(
    surroundings: &Surroundings<'_>,
    targets: &[&str],
    notice: &dyn Fn(&str),
) -> Result<Found, ToolchainError> {
    let (usual, chosen) = usual(surroundings)?;
    let choice = if chosen {
        Choice::Chosen
    } else {
        Choice::Default
    };
    if let Some(std) = std_of(surroundings, &usual, targets, notice) {
        return Ok(Found {
            toolchain: usual,
            choice,
            std,
        });
    }
    if !chosen {
        let others = others(surroundings, &usual);
        let ready = others
            .iter()
            .find(|other| targets.iter().all(|target| other.has_std(target)));
        if let Some(other) =
            ready.or_else(|| others.iter().find(|other| other.rust_src().is_some()))
            && let Some(std) = std_of(surroundings, other, targets, notice)
        {
            return Ok(Found {
                toolchain: other.clone(),
                choice: Choice::Fallback,
                std,
            });
        }
    }
    Err(ToolchainError::NoStd {
        targets: targets.join(" "),
        version: usual.version_line().to_owned(),
        rustc: usual.rustc,
    })
}

/// How this toolchain gets a musl standard library, if it can.
fn std_of(
    surroundings: &Surroundings<'_>,
    toolchain: &Toolchain,
    targets: &[&str],
    notice: &dyn Fn(&str),
) -> Option<StdSource> {
    let missing: Vec<&str> = targets
        .iter()
        .copied()
        .filter(|target| !toolchain.has_std(target))
        .collect();
    if missing.is_empty() {
        return Some(StdSource::Toolchain);
    }
    if add_by_rustup(surroundings, toolchain, &missing, notice) {
        return Some(StdSource::Rustup);
    }
    toolchain.rust_src().map(StdSource::Source)
}

/// Adds the targets to a toolchain of rustup; says whether they are there now.
fn add_by_rustup(
    surroundings: &Surroundings<'_>,
    toolchain: &Toolchain,
    targets: &[&str],
    notice: &dyn Fn(&str),
) -> bool {
    let environment = surroundings.environment;
    let home = text(environment, "RUSTUP_HOME")
        .map(Utf8PathBuf::from)
        .or_else(|| Some(Utf8Path::new(text(environment, "HOME")?).join(".rustup")));
    let Some(name) = home.as_deref().and_then(|home| toolchain.rustup_name(home)) else {
        return false;
    };
    let Some(rustup) = on_path(environment, "rustup") else {
        return false;
    };
    if surroundings.offline {
        return false;
    }
    notice(&format!(
        "adding {} to the toolchain `{name}` with rustup",
        targets.join(" and ")
    ));
    let added = surroundings.processes.output(
        Command::new(rustup)
            .args(["target", "add", "--toolchain", name])
            .args(targets)
            .env_clear()
            .envs(environment),
    );
    added.is_ok_and(|output| output.status.success())
        && targets.iter().all(|target| toolchain.has_std(target))
}

/// The toolchain that cargo would use here, and whether somebody chose it.
fn usual(surroundings: &Surroundings<'_>) -> Result<(Toolchain, bool), ToolchainError> {
    let environment = surroundings.environment;
    let program = |variable: &str, name: &str| {
        let found = match text(environment, variable) {
            Some(path) if path.contains('/') => Some(Utf8PathBuf::from(path)),
            Some(path) => on_path(environment, path),
            None => on_path(environment, name),
        };
        found.ok_or_else(|| ToolchainError::NotFound {
            program: text(environment, variable).unwrap_or(name).to_owned(),
        })
    };
    let cargo = program("CARGO", "cargo")?;
    let rustc = program("RUSTC", "rustc")?;
    let file = toolchain_file(surroundings.cwd);
    let chosen = file.is_some()
        || text(environment, "RUSTC").is_some()
        || text(environment, "RUSTUP_TOOLCHAIN").is_some();
    let toolchain = probe(surroundings, cargo, &rustc, file.as_deref())?;
    Ok((toolchain, chosen))
}

/// The nearest `rust-toolchain.toml` or `rust-toolchain`, as rustup searches it.
fn toolchain_file(cwd: &Utf8Path) -> Option<Utf8PathBuf> {
    let names = ["rust-toolchain", "rust-toolchain.toml"];
    cwd.ancestors()
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file())
}

/// The other pairs of cargo and rustc on the machine.
fn others(surroundings: &Surroundings<'_>, usual: &Toolchain) -> Vec<Toolchain> {
    let mut folders: Vec<Utf8PathBuf> = path_folders(surroundings.environment);
    folders.extend(["/usr/bin", "/usr/local/bin"].map(Utf8PathBuf::from));
    let mut found: Vec<Toolchain> = Vec::new();
    for folder in folders {
        let (cargo, rustc) = (folder.join("cargo"), folder.join("rustc"));
        if rustc == usual.rustc || !cargo.is_file() || !rustc.is_file() {
            continue;
        }
        if let Ok(toolchain) = probe(surroundings, cargo, &rustc, None)
            && toolchain.sysroot != usual.sysroot
            && found.iter().all(|other| other.sysroot != toolchain.sysroot)
        {
            found.push(toolchain);
        }
    }
    found
}

/// The folders of `PATH` whose names are text.
fn path_folders(environment: &Environment) -> Vec<Utf8PathBuf> {
    let path = text(environment, "PATH").unwrap_or_default();
    std::env::split_paths(path)
        .filter_map(|folder| Utf8PathBuf::from_path_buf(folder).ok())
        .collect()
}

/// The first program of this name on the `PATH`.
pub(crate) fn on_path(environment: &Environment, name: &str) -> Option<Utf8PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let executable = |path: &Utf8PathBuf| {
        let metadata = path.metadata();
        metadata
            .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    };
    path_folders(environment)
        .into_iter()
        .map(|folder| folder.join(name))
        .find(executable)
}

/// The versions of the programs that a key of the cache depends on.
pub(crate) fn key_of(parts: &BTreeMap<&str, String>) -> String {
    let mut hex = Digest::of(&serde_json::to_vec(parts).expect("text keys alone")).hex();
    hex.truncate(20);
    hex
}

#[cfg(test)]
#[path = "toolchain_tests.rs"]
mod tests;
