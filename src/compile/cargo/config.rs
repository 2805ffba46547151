//! Reading cargo's configuration: files, and the variables that override them.

use camino::{Utf8Path, Utf8PathBuf};
use cargo_config2::{Config, ResolveOptions, Walk, de};

use super::profile::table_name;
use super::rustflags::UserRustflags;
use crate::compile::env::{Environment, cargo_home, var};

/// What cargo's configuration says that an invocation must take into account.
#[derive(Clone, Debug, PartialEq)]
pub struct CargoConfig {
    /// The user's rustflags.
    pub rustflags: UserRustflags,
    /// `build.target-dir`, if it is set.
    pub target_dir: Option<Utf8PathBuf>,
    /// `build.build-dir`, if it is set.
    pub build_dir: Option<BuildDir>,
    /// `build.rustc-wrapper`, if it is set.
    pub rustc_wrapper: Option<String>,
    /// The `[env]` tables: variables of build scripts, which those of the environment mostly override.
    pub environment: Environment,
    /// The `[profile]` tables of configuration files. Those that come first win.
    pub profiles: Vec<toml::Table>,
}

/// The value of `build.build-dir`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildDir {
    /// A path.
    Path(Utf8PathBuf),
    /// A path with template variables, such as `{workspace-root}`.
    Template,
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
        let utf8 = |path: &std::path::PathBuf| Utf8PathBuf::from_path_buf(path.clone()).ok();
        let build_dir = |path: Utf8PathBuf| {
            if path.as_str().contains('{') {
                BuildDir::Template
            } else {
                BuildDir::Path(path)
            }
        };
        let files = Walk::with_cargo_home(cwd.as_std_path(), Some(home.clone()));
        let profiles = files.filter_map(|file| profiles_of(&file)).collect();
        let options = ResolveOptions::default().cargo_home(home).env(environment);
        let config = Config::load_with_options(cwd, options)?;
        Ok(Self {
            profiles,
            environment: config
                .env
                .iter()
                .map(|(name, entry)| (name.into(), entry.value.clone()))
                .collect(),
            rustc_wrapper: config
                .build
                .rustc_wrapper
                .as_ref()
                .and_then(utf8)
                .map(Utf8PathBuf::into_string),
            target_dir: config.build.target_dir.as_ref().and_then(utf8),
            build_dir: config
                .build
                .build_dir
                .as_ref()
                .and_then(utf8)
                .map(build_dir),
            rustflags: UserRustflags::read(&unresolved, &config, environment, targets)?,
        })
    }
}

/// The `[profile]` table of a configuration file, which cargo-config2 does not read.
fn profiles_of(file: &std::path::Path) -> Option<toml::Table> {
    let text = std::fs::read_to_string(file).ok()?;
    let mut table: toml::Table = toml::from_str(&text).ok()?;
    match table.remove("profile")? {
        toml::Value::Table(profiles) => Some(profiles),
        _ => None,
    }
}

/// Whether a variable sets `strip` or `debug` of a profile (the cargo book, "Profiles").
pub(super) fn variable_sets_strip(environment: &Environment, profile: &str) -> bool {
    let profile = table_name(profile).to_uppercase().replace('-', "_");
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
        assert_eq!(config.build_dir, Some(BuildDir::Template));
        for variable in ["CARGO_BUILD_TARGET_DIR", "CARGO_TARGET_DIR"] {
            environment.insert(variable.into(), variable.into());
            assert_eq!(read(&environment).target_dir, Some(cwd.join(variable)));
        }
        environment.insert("CARGO_BUILD_BUILD_DIR".into(), "/intermediate".into());
        let build_dir = read(&environment).build_dir;
        assert_eq!(build_dir, Some(BuildDir::Path("/intermediate".into())));
    }

    #[test]
    fn variables_of_the_env_table_are_read() {
        let scratch = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(scratch.path()).unwrap();
        std::fs::create_dir_all(root.join(".cargo")).unwrap();
        let file = "[env]\nOPENSSL_DIR = '/opt'\nOTHER = { value = 'x', force = true }\n";
        std::fs::write(root.join(".cargo/config.toml"), file).unwrap();
        let environment =
            Environment::from([("CARGO_HOME".into(), root.join("home").as_str().into())]);
        let config = CargoConfig::read(root, &environment, &[]).unwrap();
        let read = |name| var(&config.environment, name);
        assert_eq!(read("OPENSSL_DIR"), Some("/opt"));
        assert_eq!(read("OTHER"), Some("x"));
    }

    #[test]
    fn profiles_are_those_of_all_files() {
        let scratch = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(scratch.path()).unwrap();
        for (folder, strip) in [
            ("member/.cargo", "'none'"),
            (".cargo", "true"),
            ("home", "false"),
        ] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
            let text = format!("[profile.release]\nstrip = {strip}\n");
            std::fs::write(root.join(folder).join("config.toml"), text).unwrap();
        }
        let environment =
            Environment::from([("CARGO_HOME".into(), root.join("home").as_str().into())]);
        let config = CargoConfig::read(&root.join("member"), &environment, &[]).unwrap();
        let strip: Vec<String> = config
            .profiles
            .iter()
            .map(|p| p["release"]["strip"].to_string())
            .collect();
        assert_eq!(strip, ["\"none\"", "true", "false"]);
    }
}
