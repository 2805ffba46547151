//! The user's rustflags, and adding muslin's to them.
//!
//! cargo takes rustflags from the first of four sources that is set (the cargo book,
//! "build.rustflags"): `CARGO_ENCODED_RUSTFLAGS`, `RUSTFLAGS`, the `target.*` tables with
//! `CARGO_TARGET_*_RUSTFLAGS`, `build.rustflags`. Flags must be added to the source that cargo
//! takes, or the user's are lost.

use std::ffi::OsStr;

use cargo_config2::{Config, de};

use crate::compile::env::{Environment, var};

/// Separates the flags in `CARGO_ENCODED_RUSTFLAGS`.
pub const SEPARATOR: &str = "\u{1f}";

/// The user's rustflags, by the source that cargo takes them from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserRustflags {
    /// `CARGO_ENCODED_RUSTFLAGS` or `RUSTFLAGS`, which hide all other sources.
    Environment(Vec<String>),
    /// `build.rustflags` or `CARGO_BUILD_RUSTFLAGS`. A table of a target would hide them, so it
    /// must repeat them.
    Build(Vec<String>),
    /// The tables of targets, with which cargo merges `--config`, or none. Kept as text for the
    /// cache key alone.
    Target(String),
}

/// The arguments and variables that give cargo the user's rustflags and muslin's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergedRustflags {
    /// The value of `CARGO_ENCODED_RUSTFLAGS`, if it is to be set.
    pub encoded: Option<String>,
    /// Values of `--config`.
    pub config: Vec<String>,
}

impl UserRustflags {
    /// Text for cache keys that differs whenever the flags differ.
    #[must_use]
    pub fn cache_key_input(&self) -> String {
        format!("{self:?}")
    }

    /// Finds the source of rustflags that cargo takes for these targets.
    pub(super) fn read(
        unresolved: &de::Config,
        config: &Config,
        environment: &Environment,
        targets: &[&str],
    ) -> Result<Self, cargo_config2::Error> {
        // A variable that is set to nothing hides the tables, too, as in cargo.
        let set = |name: &str| environment.get(OsStr::new(name))?.to_str();
        if let Some(encoded) = set("CARGO_ENCODED_RUSTFLAGS") {
            let flags = encoded.split(SEPARATOR).filter(|flag| !flag.is_empty());
            return Ok(Self::Environment(flags.map(str::to_owned).collect()));
        }
        if let Some(flags) = set("RUSTFLAGS") {
            return Ok(Self::Environment(split(flags)));
        }
        // cargo appends the variable to the files' flags; cargo-config2 replaces them by it.
        let of_files = unresolved.build.rustflags.iter();
        let mut of_build: Vec<String> = of_files
            .flat_map(|flags| flags.flags.iter().map(|flag| flag.val.clone()))
            .collect();
        if let Some(flags) = var(environment, "CARGO_BUILD_RUSTFLAGS") {
            of_build.extend(split(flags));
        }
        let of_targets = target_tables(unresolved, environment, targets);
        if !of_build.is_empty()
            && (of_targets.is_empty() || resolve_to(&of_build, config, targets)?)
        {
            return Ok(Self::Build(of_build));
        }
        Ok(Self::Target(of_targets.join("; ")))
    }
}

/// The rustflags of tables and variables that may be for these targets, sorted.
fn target_tables(
    unresolved: &de::Config,
    environment: &Environment,
    targets: &[&str],
) -> Vec<String> {
    let mut found = Vec::new();
    for (name, table) in &unresolved.target {
        if let Some(flags) = &table.rustflags
            && (name.starts_with("cfg(") || targets.contains(&name.as_str()))
        {
            let flags: Vec<&str> = flags.flags.iter().map(|flag| flag.val.as_str()).collect();
            found.push(format!("{name}: {}", flags.join(" ")));
        }
    }
    for target in targets {
        let name = target.to_uppercase().replace('-', "_");
        if let Some(flags) = var(environment, &format!("CARGO_TARGET_{name}_RUSTFLAGS")) {
            found.push(format!("{target}: {flags}"));
        }
    }
    found.sort();
    found
}

/// Whether these are the rustflags of all targets in the end. If there are `cfg(...)` tables,
/// this runs rustc to evaluate them, which is why it is asked last.
fn resolve_to(
    flags: &[String],
    config: &Config,
    targets: &[&str],
) -> Result<bool, cargo_config2::Error> {
    for target in targets {
        let resolved = config.rustflags(*target)?.unwrap_or_default();
        if resolved.flags != flags {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Adds muslin's flags for each target after the user's.
#[must_use]
pub fn merge(user: &UserRustflags, ours: &[(&str, Vec<String>)]) -> MergedRustflags {
    let table = |target: &str, flags: Vec<&String>| {
        let flags =
            serde_json::to_string(&flags).expect("strings are JSON, and JSON strings are TOML");
        format!("target.{target}.rustflags={flags}")
    };
    match user {
        UserRustflags::Environment(flags) => {
            let mut all = flags.clone();
            for flag in ours.iter().flat_map(|(_, flags)| flags) {
                // Flags that are the same for all targets are added once.
                if !all[flags.len()..].contains(flag) {
                    all.push(flag.clone());
                }
            }
            MergedRustflags {
                encoded: Some(all.join(SEPARATOR)),
                config: Vec::new(),
            }
        }
        UserRustflags::Build(build) => MergedRustflags {
            encoded: None,
            config: ours
                .iter()
                .map(|(target, flags)| table(target, build.iter().chain(flags).collect()))
                .collect(),
        },
        UserRustflags::Target(_) => MergedRustflags {
            encoded: None,
            config: ours
                .iter()
                .map(|(target, flags)| table(target, flags.iter().collect()))
                .collect(),
        },
    }
}

/// Splits at spaces, as cargo splits `RUSTFLAGS`.
fn split(flags: &str) -> Vec<String> {
    flags
        .split(' ')
        .map(str::trim)
        .filter(|flag| !flag.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
#[path = "rustflags_tests.rs"]
mod tests;
