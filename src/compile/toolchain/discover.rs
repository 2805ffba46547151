//! Discovering a toolchain that can compile for musl targets.

use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolchainError;
use super::installed::Toolchain;
use super::musl_std::StdSource;
use super::probe::probe;
use crate::compile::context::BuildContext;
use crate::compile::env::{path_directories, program, rustup_home, var, which};

/// Why a toolchain is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
pub struct DiscoveredToolchain {
    /// The toolchain.
    pub toolchain: Toolchain,
    /// Why it is used.
    pub choice: Choice,
    /// Where its musl standard library comes from.
    pub std: StdSource,
}

/// Discovers a toolchain that has a musl standard library, can add it with rustup, or can
/// build it from rust-src: the toolchain that cargo would use or, unless the project or the
/// caller chose that one, another one of the machine.
///
/// # Errors
/// What [`ToolchainError`] says.
pub fn discover(
    context: &BuildContext<'_>,
    targets: &[&str],
    notice: &dyn Fn(&str),
) -> Result<DiscoveredToolchain, ToolchainError> {
    let (default, choice) = default_toolchain(context)?;
    if let Some(std) = std_source(context, &default, targets, notice) {
        return Ok(DiscoveredToolchain {
            toolchain: default,
            choice,
            std,
        });
    }
    if choice == Choice::Default {
        let others = other_toolchains(context, &default);
        let with_std = others
            .iter()
            .find(|other| targets.iter().all(|target| other.has_std(target)));
        if let Some(other) =
            with_std.or_else(|| others.iter().find(|other| other.rust_src().is_some()))
            && let Some(std) = std_source(context, other, targets, notice)
        {
            return Ok(DiscoveredToolchain {
                toolchain: other.clone(),
                choice: Choice::Fallback,
                std,
            });
        }
    }
    Err(ToolchainError::NoMuslStd {
        targets: targets.join(" "),
        version: default.version_line().to_owned(),
        rustc: default.rustc,
    })
}

/// How this toolchain gets a musl standard library, if it can. Missing targets are added with
/// rustup where it manages the toolchain.
fn std_source(
    context: &BuildContext<'_>,
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
    if rustup_target_add(context, toolchain, &missing, notice) {
        return Some(StdSource::Rustup);
    }
    toolchain.rust_src().map(StdSource::RustSrc)
}

/// Runs `rustup target add`, if rustup manages the toolchain and downloads are allowed.
/// Returns whether the targets are installed now.
fn rustup_target_add(
    context: &BuildContext<'_>,
    toolchain: &Toolchain,
    targets: &[&str],
    notice: &dyn Fn(&str),
) -> bool {
    let environment = context.environment;
    let home = rustup_home(environment);
    let Some(name) = home.as_deref().and_then(|home| toolchain.rustup_name(home)) else {
        return false;
    };
    let Some(rustup) = which(environment, "rustup") else {
        return false;
    };
    if context.offline {
        return false;
    }
    notice(&format!(
        "adding {} to the toolchain `{name}` with rustup",
        targets.join(" and ")
    ));
    let added = context.processes.output(
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
fn default_toolchain(context: &BuildContext<'_>) -> Result<(Toolchain, Choice), ToolchainError> {
    let environment = context.environment;
    let program = |variable: &str, name: &str| {
        let found = program(environment, variable, name);
        found.ok_or_else(|| ToolchainError::NotFound {
            program: var(environment, variable).unwrap_or(name).to_owned(),
        })
    };
    let cargo = program("CARGO", "cargo")?;
    let rustc = program("RUSTC", "rustc")?;
    let file = toolchain_file(context.cwd);
    let chosen = file.is_some()
        || var(environment, "RUSTC").is_some()
        || var(environment, "RUSTUP_TOOLCHAIN").is_some();
    let choice = if chosen {
        Choice::Chosen
    } else {
        Choice::Default
    };
    let toolchain = probe(context, cargo, &rustc, file.as_deref())?;
    Ok((toolchain, choice))
}

/// The nearest `rust-toolchain.toml` or `rust-toolchain`, searched as rustup does.
fn toolchain_file(cwd: &Utf8Path) -> Option<Utf8PathBuf> {
    let names = ["rust-toolchain", "rust-toolchain.toml"];
    cwd.ancestors()
        .flat_map(|directory| names.map(|name| directory.join(name)))
        .find(|path| path.is_file())
}

/// The other toolchains of the machine: directories of `PATH`, `/usr/bin` and
/// `/usr/local/bin` that have both cargo and rustc.
fn other_toolchains(context: &BuildContext<'_>, default: &Toolchain) -> Vec<Toolchain> {
    let mut directories: Vec<Utf8PathBuf> = path_directories(context.environment);
    directories.extend(["/usr/bin", "/usr/local/bin"].map(Utf8PathBuf::from));
    let mut found: Vec<Toolchain> = Vec::new();
    for directory in directories {
        let (cargo, rustc) = (directory.join("cargo"), directory.join("rustc"));
        if rustc == default.rustc || !cargo.is_file() || !rustc.is_file() {
            continue;
        }
        if let Ok(toolchain) = probe(context, cargo, &rustc, None)
            && toolchain.sysroot != default.sysroot
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
