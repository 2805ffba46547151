//! Reading the metadata table of a package.

use camino::Utf8PathBuf;
use serde::de::DeserializeOwned;

use super::error::TableError;
use super::location::Location;
use super::table::{KEYS, Table};
use crate::package::manifest::Package;
use crate::quote::quoted;

/// Reads the metadata table of a package, with defaults from that of its workspace.
///
/// # Errors
/// What [`TableError`] says.
pub fn read(package: &Package) -> Result<Table, TableError> {
    let defaults = Location::of_workspace(package).read(workspace_metadata(package))?;
    let own = Location::of_package(package).read(package_metadata(package))?;
    Ok(own.or(defaults))
}

/// The name and the manifest of the table that sets a key: the package's, unless only that of
/// the workspace does.
pub(in crate::package) fn location_of(package: &Package, key: &str) -> (&'static str, Utf8PathBuf) {
    let sets = |metadata: Option<&toml::Value>| {
        metadata
            .and_then(|metadata| metadata.get("muslin")?.get(key))
            .is_some()
    };
    let location = if !sets(package_metadata(package)) && sets(workspace_metadata(package)) {
        Location::of_workspace(package)
    } else {
        Location::of_package(package)
    };
    (location.table, location.manifest)
}

fn package_metadata(package: &Package) -> Option<&toml::Value> {
    package.manifest.package().metadata.as_ref()
}

fn workspace_metadata(package: &Package) -> Option<&toml::Value> {
    let workspace = package.root_manifest().workspace.as_ref()?;
    workspace.metadata.as_ref()
}

impl Location {
    fn read(&self, metadata: Option<&toml::Value>) -> Result<Table, TableError> {
        let Some(value) = metadata.and_then(|metadata| metadata.get("muslin")) else {
            return Ok(Table::default());
        };
        let Some(table) = value.as_table() else {
            let message = format!("it is {}, and should be a table", value.type_str());
            return Err(self.wrong_type("muslin", message));
        };
        if let Some(unknown) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(self.unknown_key(unknown));
        }
        Ok(Table {
            image: self.value(table, "image")?,
            tags: self.value(table, "tags")?,
            bins: self.value(table, "bins")?,
            entrypoint: self.value(table, "entrypoint")?,
            args: self.value(table, "args")?,
            platforms: self.value(table, "platforms")?,
            profile: self.value(table, "profile")?,
            features: self.value(table, "features")?,
            user: self.value(table, "user")?,
            workdir: self.value(table, "workdir")?,
            env: self.value(table, "env")?.unwrap_or_default(),
            expose: self.value(table, "expose")?,
            volumes: self.value(table, "volumes")?,
            stop_signal: self.value(table, "stop-signal")?,
            files: self.value(table, "files")?,
            max_size: self.value(table, "max-size")?,
            labels: self.value(table, "labels")?.unwrap_or_default(),
            annotations: self.value(table, "annotations")?.unwrap_or_default(),
        })
    }

    fn value<T: DeserializeOwned>(
        &self,
        table: &toml::Table,
        key: &'static str,
    ) -> Result<Option<T>, TableError> {
        let Some(value) = table.get(key) else {
            return Ok(None);
        };
        value
            .clone()
            .try_into()
            .map(Some)
            .map_err(|error: toml::de::Error| self.wrong_type(key, error.message().to_owned()))
    }

    fn wrong_type(&self, key: &'static str, message: String) -> TableError {
        TableError::WrongType {
            key,
            table: self.table,
            manifest: self.manifest.clone(),
            message,
        }
    }

    fn unknown_key(&self, key: &str) -> TableError {
        if key == "base" {
            return TableError::Base {
                manifest: self.manifest.clone(),
            };
        }
        let (distance, nearest) = KEYS
            .into_iter()
            .map(|known| (strsim::damerau_levenshtein(known, key), known))
            .min()
            .expect("there are keys");
        let hint = if distance <= 2 {
            format!("; did you mean `{nearest}`?")
        } else {
            format!("; its keys are {}", quoted(KEYS))
        };
        TableError::UnknownKey {
            key: key.to_owned(),
            table: self.table,
            manifest: self.manifest.clone(),
            hint,
        }
    }
}
