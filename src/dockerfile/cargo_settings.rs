//! What the files of a workspace say of cargo. Those of the machine do not count: the build is
//! elsewhere.

use std::fs;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use toml::{Table, Value};

use crate::compile::cargo::profile::{sets_strip, table_name};
use crate::package::manifest::Package;
use crate::platform::TargetPlatform;

/// What cargo's own files say that the Dockerfile must know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CargoSettings {
    /// The folder of the package in the workspace.
    pub folder: Utf8PathBuf,
    /// The channel of `rust-toolchain.toml`.
    pub channel: Option<String>,
    /// Whether the profile or a configuration file sets `strip` or `debug`.
    pub sets_strip: bool,
    /// `build.rustflags` of the workspace, which tables of targets would hide.
    pub build_rustflags: Vec<String>,
}

/// A file of the workspace cannot be used.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum SettingsError {
    #[error("cannot read `{path}`")]
    Read {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("`{path}` is no TOML")]
    Toml {
        path: Utf8PathBuf,
        source: toml::de::Error,
    },
}

impl CargoSettings {
    /// Reads toolchain file and configuration of a package's workspace.
    ///
    /// # Errors
    /// What [`SettingsError`] says.
    pub fn read(package: &Package, profile: &str) -> Result<Self, SettingsError> {
        let root = &package.workspace_root;
        let config = match table(&root.join(".cargo/config.toml"))? {
            Some(config) => config,
            None => table(&root.join(".cargo/config"))?.unwrap_or_default(),
        };
        let profiles = config.get("profile").and_then(Value::as_table);
        let own = package.profiles();
        let profiles: Vec<&Table> = profiles.into_iter().chain([&own]).collect();
        let env = config.get("env").and_then(Value::as_table);
        let name = table_name(profile).to_uppercase().replace('-', "_");
        let is_in_env = ["STRIP", "DEBUG"].iter().any(|setting| {
            env.is_some_and(|env| env.contains_key(&format!("CARGO_PROFILE_{name}_{setting}")))
        });
        let folder = package.directory().strip_prefix(root);
        Ok(Self {
            folder: folder.unwrap_or(Utf8Path::new("")).to_owned(),
            channel: channel(root)?,
            sets_strip: is_in_env || sets_strip(profile, &profiles),
            build_rustflags: build_rustflags(&config),
        })
    }
}

/// `toolchain.channel` of `rust-toolchain.toml`, or of `rust-toolchain`, which may be the channel
/// alone (the rustup book, "The toolchain file").
fn channel(root: &Utf8Path) -> Result<Option<String>, SettingsError> {
    for name in ["rust-toolchain", "rust-toolchain.toml"] {
        let path = root.join(name);
        let Some(text) = text(&path)? else { continue };
        let line = text.trim();
        if name == "rust-toolchain" && !line.contains(['\n', '=', '[']) {
            return Ok(Some(line.to_owned()));
        }
        let file: Table =
            toml::from_str(&text).map_err(|source| SettingsError::Toml { path, source })?;
        let channel = file.get("toolchain").and_then(|table| table.get("channel"));
        return Ok(channel.and_then(Value::as_str).map(str::to_owned));
    }
    Ok(None)
}

/// `build.rustflags`, if no table of a target has flags that win over them.
fn build_rustflags(config: &Table) -> Vec<String> {
    let targets = config.get("target").and_then(Value::as_table);
    let is_hidden = targets.into_iter().flatten().any(|(name, table)| {
        let is_ours = TargetPlatform::ALL
            .iter()
            .any(|platform| platform.rust_target() == name);
        (is_ours || name.starts_with("cfg(")) && table.get("rustflags").is_some()
    });
    match config.get("build").and_then(|build| build.get("rustflags")) {
        _ if is_hidden => Vec::new(),
        Some(Value::String(flags)) => flags.split_whitespace().map(str::to_owned).collect(),
        Some(Value::Array(flags)) => flags
            .iter()
            .filter_map(|flag| flag.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

fn table(path: &Utf8Path) -> Result<Option<Table>, SettingsError> {
    let Some(text) = text(path)? else {
        return Ok(None);
    };
    let table = toml::from_str(&text).map_err(|source| SettingsError::Toml {
        path: path.to_owned(),
        source,
    })?;
    Ok(Some(table))
}

fn text(path: &Utf8Path) -> Result<Option<String>, SettingsError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(SettingsError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rustflags_of_the_build_count_unless_a_table_of_a_target_hides_them() {
        let flags = |text: &str| build_rustflags(&toml::from_str(text).unwrap()).join(" ");
        assert_eq!(flags("[build]\nrustflags = '--cfg a'"), "--cfg a");
        assert_eq!(flags("[build]\nrustflags = ['--cfg', 'a']"), "--cfg a");
        assert_eq!(
            flags("[build]\nrustflags = 'a'\n[target.'cfg(unix)']\nrustflags = 'b'"),
            ""
        );
        assert_eq!(
            flags("[build]\nrustflags = 'a'\n[target.wasm32-wasip1]\nrustflags = 'b'"),
            "a"
        );
        assert_eq!(flags(""), "");
    }

    #[test]
    fn the_channel_is_that_of_either_toolchain_file() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        assert_eq!(channel(root).unwrap(), None);
        fs::write(
            root.join("rust-toolchain.toml"),
            "[toolchain]\nchannel = '1.90.0'",
        )
        .unwrap();
        assert_eq!(channel(root).unwrap().as_deref(), Some("1.90.0"));
        fs::write(root.join("rust-toolchain"), "1.91.0\n").unwrap();
        assert_eq!(channel(root).unwrap().as_deref(), Some("1.91.0"));
    }
}
