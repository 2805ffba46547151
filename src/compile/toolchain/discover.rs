//! Which toolchain of the machine compiles, and how it gets a musl standard library.

use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::probe::probe;
use crate::compile::context::Surroundings;
use crate::compile::env::{on_path, path_folders, rustup_home, text};
use crate::compile::toolchain::installed::{Toolchain, ToolchainError};
use crate::compile::toolchain::musl_std::StdSource;

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
    let home = rustup_home(environment);
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

#[cfg(test)]
#[path = "discover_tests.rs"]
mod tests;
