//! The user's rustflags, and how ours are added without taking any away.
//!
//! cargo takes rustflags from the first of four sources that has some
//! (the cargo book, "build.rustflags"): `CARGO_ENCODED_RUSTFLAGS`, `RUSTFLAGS`,
//! the `target.*` tables with `CARGO_TARGET_*_RUSTFLAGS`, `build.rustflags`. What
//! is added must therefore go to the source that counts.

use std::ffi::OsStr;

use camino::Utf8Path;

use crate::compile::env::{Environment, cargo_home, text};

/// Separates the flags in `CARGO_ENCODED_RUSTFLAGS`.
pub const SEPARATOR: &str = "\u{1f}";

/// Where the user's rustflags are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserFlags {
    /// In `CARGO_ENCODED_RUSTFLAGS` or `RUSTFLAGS`: they count for every target.
    Environment(Vec<String>),
    /// In `build.rustflags` or `CARGO_BUILD_RUSTFLAGS` alone: a table for a target
    /// would hide them, so it must repeat them.
    Build(Vec<String>),
    /// In the tables of targets, with which `--config` merges, or nowhere. Kept
    /// as text, for what depends on them.
    Target(String),
}

/// What cargo is told so that it uses the user's flags and ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergedFlags {
    /// The value of `CARGO_ENCODED_RUSTFLAGS`, if it is to be set.
    pub encoded: Option<String>,
    /// Values for `--config`.
    pub config: Vec<String>,
}

/// cargo's configuration cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read cargo's configuration")]
pub struct RustflagsError(#[from] cargo_config2::Error);

impl UserFlags {
    /// Changes whenever the flags do.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("{self:?}")
    }
}

/// Finds the user's rustflags, as cargo would in this folder.
///
/// # Errors
/// A configuration file is no valid TOML or has values of wrong types.
pub fn read(
    cwd: &Utf8Path,
    environment: &Environment,
    targets: &[&str],
) -> Result<UserFlags, RustflagsError> {
    // For cargo a variable that is set counts, even where it is empty: it hides
    // the tables, in which our flags would be lost.
    let set = |name: &str| environment.get(OsStr::new(name))?.to_str();
    if let Some(encoded) = set("CARGO_ENCODED_RUSTFLAGS") {
        let flags = encoded.split(SEPARATOR).filter(|flag| !flag.is_empty());
        return Ok(UserFlags::Environment(flags.map(str::to_owned).collect()));
    }
    if let Some(flags) = set("RUSTFLAGS") {
        return Ok(UserFlags::Environment(split(flags)));
    }
    // Read raw: resolving would run rustc.
    let home = cargo_home(environment).into_std_path_buf();
    let config = cargo_config2::de::Config::load_with_options(cwd, home.clone())?;
    let mut of_targets = Vec::new();
    for (name, table) in &config.target {
        if let Some(flags) = &table.rustflags
            && (name.starts_with("cfg(") || targets.contains(&name.as_str()))
        {
            let flags: Vec<&str> = flags.flags.iter().map(|flag| flag.val.as_str()).collect();
            of_targets.push(format!("{name}: {}", flags.join(" ")));
        }
    }
    for target in targets {
        let name = target.to_uppercase().replace('-', "_");
        if let Some(flags) = text(environment, &format!("CARGO_TARGET_{name}_RUSTFLAGS")) {
            of_targets.push(format!("{target}: {flags}"));
        }
    }
    let mut of_build: Vec<String> = Vec::new();
    if let Some(flags) = &config.build.rustflags {
        of_build.extend(flags.flags.iter().map(|flag| flag.val.clone()));
    }
    if let Some(flags) = text(environment, "CARGO_BUILD_RUSTFLAGS") {
        of_build.extend(split(flags));
    }
    let only_build = || -> Result<bool, RustflagsError> {
        Ok(of_targets.is_empty() || resolve_to(&of_build, cwd, home, environment, targets)?)
    };
    if !of_build.is_empty() && only_build()? {
        return Ok(UserFlags::Build(of_build));
    }
    of_targets.sort();
    Ok(UserFlags::Target(of_targets.join("; ")))
}

/// Whether these are the flags that count in the end: where there are `cfg(...)`
/// tables, rustc must say whether one of them is for our targets.
fn resolve_to(
    flags: &[String],
    cwd: &Utf8Path,
    home: std::path::PathBuf,
    environment: &Environment,
    targets: &[&str],
) -> Result<bool, RustflagsError> {
    let options = cargo_config2::ResolveOptions::default()
        .cargo_home(home)
        .env(environment);
    let config = cargo_config2::Config::load_with_options(cwd, options)?;
    for target in targets {
        let resolved = config.rustflags(*target)?.unwrap_or_default();
        if resolved.flags != flags {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Adds flags for each target behind the user's.
#[must_use]
pub fn merge(user: &UserFlags, ours: &[(&str, Vec<String>)]) -> MergedFlags {
    let table = |target: &str, flags: Vec<&String>| {
        let flags = serde_json::to_string(&flags).expect("text is JSON, and such JSON is TOML");
        format!("target.{target}.rustflags={flags}")
    };
    match user {
        UserFlags::Environment(flags) => {
            let mut all = flags.clone();
            for flag in ours.iter().flat_map(|(_, flags)| flags) {
                // What is the same for all targets is said once.
                if !all[flags.len()..].contains(flag) {
                    all.push(flag.clone());
                }
            }
            MergedFlags {
                encoded: Some(all.join(SEPARATOR)),
                config: Vec::new(),
            }
        }
        UserFlags::Build(build) => MergedFlags {
            encoded: None,
            config: ours
                .iter()
                .map(|(target, flags)| table(target, build.iter().chain(flags).collect()))
                .collect(),
        },
        UserFlags::Target(_) => MergedFlags {
            encoded: None,
            config: ours
                .iter()
                .map(|(target, flags)| table(target, flags.iter().collect()))
                .collect(),
        },
    }
}

fn split(flags: &str) -> Vec<String> {
    flags
        .split(' ')
        .map(str::trim)
        .filter(|flag| !flag.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGETS: [&str; 2] = ["x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl"];

    fn read_with(config: &str, variables: &[(&str, &str)]) -> UserFlags {
        let folder = tempfile::tempdir().unwrap();
        let cwd = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::create_dir(cwd.join(".cargo")).unwrap();
        std::fs::write(cwd.join(".cargo/config.toml"), config).unwrap();
        let mut environment: Environment = variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        environment.insert("CARGO_HOME".into(), cwd.join("home").as_str().into());
        read(cwd, &environment, &TARGETS).unwrap()
    }

    fn merged(user: &UserFlags) -> MergedFlags {
        let ours = TARGETS.map(|target| (target, vec!["--ours".to_owned(), format!("-L{target}")]));
        merge(user, &ours)
    }

    fn tables(amd64: &str, arm64: &str) -> MergedFlags {
        MergedFlags {
            encoded: None,
            config: vec![
                format!("target.{}.rustflags={amd64}", TARGETS[0]),
                format!("target.{}.rustflags={arm64}", TARGETS[1]),
            ],
        }
    }

    #[test]
    fn flags_of_the_environment_come_first_and_ours_once_behind_them() {
        let expected = "--cfg\u{1f}a\u{1f}--ours\u{1f}-Lx86_64-unknown-linux-musl\u{1f}-Laarch64-unknown-linux-musl";
        for (name, value) in [
            ("RUSTFLAGS", "--cfg  a"),
            ("CARGO_ENCODED_RUSTFLAGS", "--cfg\u{1f}a"),
        ] {
            let user = read_with("[build]\nrustflags = ['--hidden']", &[(name, value)]);
            assert_eq!(merged(&user).encoded.as_deref(), Some(expected));
        }
    }

    #[test]
    fn encoded_flags_hide_plain_ones_as_in_cargo() {
        let both = [
            ("RUSTFLAGS", "--plain"),
            ("CARGO_ENCODED_RUSTFLAGS", "--encoded"),
        ];
        assert_eq!(
            read_with("", &both),
            UserFlags::Environment(vec!["--encoded".to_owned()])
        );
    }

    #[test]
    fn an_empty_variable_hides_the_tables_as_in_cargo() {
        for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
            let user = read_with("[build]\nrustflags = ['--hidden']", &[(name, "")]);
            assert_eq!(user, UserFlags::Environment(Vec::new()));
            let expected =
                "--ours\u{1f}-Lx86_64-unknown-linux-musl\u{1f}-Laarch64-unknown-linux-musl";
            assert_eq!(merged(&user).encoded.as_deref(), Some(expected));
        }
    }

    #[test]
    fn flags_of_the_build_table_are_repeated_in_front_of_ours() {
        for (config, variables) in [
            ("[build]\nrustflags = ['--cfg', 'a']", &[][..]),
            ("[build]\nrustflags = '--cfg a'", &[][..]),
            ("", &[("CARGO_BUILD_RUSTFLAGS", "--cfg a")][..]),
        ] {
            let user = read_with(config, variables);
            let expected = tables(
                r#"["--cfg","a","--ours","-Lx86_64-unknown-linux-musl"]"#,
                r#"["--cfg","a","--ours","-Laarch64-unknown-linux-musl"]"#,
            );
            assert_eq!(merged(&user), expected, "{config}");
        }
    }

    #[test]
    fn a_cfg_that_is_not_for_musl_does_not_hide_the_build_table() {
        let config = "[target.'cfg(windows)']\nrustflags = ['--w']\n[build]\nrustflags = ['--b']";
        let path = std::env::var("PATH").unwrap();
        let user = read_with(config, &[("PATH", &path)]);
        assert_eq!(user, UserFlags::Build(vec!["--b".to_owned()]));
    }

    #[test]
    fn flags_of_a_target_or_a_cfg_are_left_to_cargo_to_merge() {
        let variable = (
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_RUSTFLAGS",
            "--cfg a",
        );
        for (config, variables) in [
            (
                "[target.x86_64-unknown-linux-musl]\nrustflags = ['--cfg', 'a']",
                &[][..],
            ),
            ("[target.'cfg(unix)']\nrustflags = ['--cfg', 'a']", &[][..]),
            ("", &[variable][..]),
        ] {
            let config = format!("{config}\n[build]\nrustflags = ['--hidden']");
            let path = ("PATH", std::env::var("PATH").unwrap());
            let mut variables = variables.to_vec();
            variables.push((path.0, &path.1));
            let user = read_with(&config, &variables);
            let expected = tables(
                r#"["--ours","-Lx86_64-unknown-linux-musl"]"#,
                r#"["--ours","-Laarch64-unknown-linux-musl"]"#,
            );
            assert_eq!(merged(&user), expected, "{config}");
        }
    }
}
