//! Reading cargo's configuration: files, and the variables that override them.

use camino::{Utf8Path, Utf8PathBuf};
use cargo_config2::{Config, ResolveOptions, de};

use super::rustflags::UserRustflags;
use crate::compile::env::{Environment, cargo_home, var};

/// What cargo's configuration says that an invocation must take into account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CargoConfig {
    /// The user's rustflags.
    pub rustflags: UserRustflags,
    /// `build.target-dir`, if it is set.
    pub target_dir: Option<Utf8PathBuf>,
    /// `build.build-dir`, if it is set and has no template variables.
    pub build_dir: Option<Utf8PathBuf>,
}

/// cargo's configuration could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read cargo's configuration")]
pub struct ConfigError(#[from] cargo_config2::Error);

impl CargoConfig {
    /// Reads the configuration that cargo would read in this directory and environment.
    ///
    /// # Errors
    /// A file is no valid TOML, or a value has the wrong type.
    pub fn read(
        cwd: &Utf8Path,
        environment: &Environment,
        targets: &[&str],
    ) -> Result<Self, ConfigError> {
        let home = cargo_home(environment).into_std_path_buf();
        let unresolved = de::Config::load_with_options(cwd, home.clone())?;
        let options = ResolveOptions::default().cargo_home(home).env(environment);
        let config = Config::load_with_options(cwd, options)?;
        let utf8 = |path: &std::path::PathBuf| Utf8PathBuf::from_path_buf(path.clone()).ok();
        let has_no_template = |path: &Utf8PathBuf| !path.as_str().contains('{');
        Ok(Self {
            target_dir: config.build.target_dir.as_ref().and_then(utf8),
            build_dir: config
                .build
                .build_dir
                .as_ref()
                .and_then(utf8)
                .filter(has_no_template),
            rustflags: UserRustflags::read(&unresolved, &config, environment, targets)?,
        })
    }
}

/// The table of a profile in Cargo.toml: `--profile debug` is the profile `dev`.
pub(super) fn profile_table(profile: &str) -> &str {
    if profile == "debug" { "dev" } else { profile }
}

/// Whether a variable sets `strip` or `debug` of a profile (the cargo book, "Profiles").
/// Files are not asked: cargo-config2 does not read their profiles.
pub(super) fn variable_sets_strip(environment: &Environment, profile: &str) -> bool {
    let profile = profile_table(profile).to_uppercase().replace('-', "_");
    ["STRIP", "DEBUG"]
        .iter()
        .any(|setting| var(environment, &format!("CARGO_PROFILE_{profile}_{setting}")).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_directory_is_that_of_variables_then_of_files() {
        let scratch = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(scratch.path()).unwrap();
        std::fs::create_dir_all(root.join(".cargo")).unwrap();
        let file = "[build]\ntarget-dir = 'of-file'\nbuild-dir = '{workspace-root}/intermediate'";
        std::fs::write(root.join(".cargo/config.toml"), file).unwrap();
        let cwd = root.join("member");
        std::fs::create_dir(&cwd).unwrap();
        let mut environment =
            Environment::from([("CARGO_HOME".into(), root.join("home").as_str().into())]);
        let read = |environment: &Environment| CargoConfig::read(&cwd, environment, &[]).unwrap();

        let config = read(&environment);
        assert_eq!(config.target_dir, Some(root.join("of-file")));
        assert_eq!(config.build_dir, None);
        for variable in ["CARGO_BUILD_TARGET_DIR", "CARGO_TARGET_DIR"] {
            environment.insert(variable.into(), variable.into());
            assert_eq!(read(&environment).target_dir, Some(cwd.join(variable)));
        }
        environment.insert("CARGO_BUILD_BUILD_DIR".into(), "/intermediate".into());
        let build_dir = read(&environment).build_dir;
        assert_eq!(build_dir, Some("/intermediate".into()));
    }
}
