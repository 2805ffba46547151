//! Looks for credentials in the places where Docker, podman and skopeo keep them.

use camino::{Utf8Path, Utf8PathBuf};
use muslin_oci::transport::registry::repository::Repository;

use super::config_file::{self, normalized};
use super::error::CredentialsError;
use super::helper;
use super::login::Credentials;
use crate::settings::Settings;

/// The key of Docker Hub in Docker's files and helpers.
const DOCKER_HUB_KEY: &str = "https://index.docker.io/v1/";

/// The credentials for a repository: those of the first file that has some.
///
/// `REGISTRY_AUTH_FILE` is the only file where it is set; else `DOCKER_CONFIG/config.json`,
/// podman's `auth.json` and `~/.docker/config.json` are read, in this order.
pub(crate) fn find(
    repository: &Repository,
    settings: &Settings,
) -> Result<Option<Credentials>, CredentialsError> {
    for path in files(settings) {
        if let Some(found) = find_in(&path, repository, settings)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn files(settings: &Settings) -> Vec<Utf8PathBuf> {
    let below = |variable: &str, path: &str| {
        settings
            .variable(variable)
            .map(|folder| Utf8Path::new(folder).join(path))
    };
    if let Some(only) = settings.variable("REGISTRY_AUTH_FILE") {
        return vec![only.into()];
    }
    let podman = below("XDG_CONFIG_HOME", "containers/auth.json")
        .or_else(|| below("HOME", ".config/containers/auth.json"));
    [
        below("DOCKER_CONFIG", "config.json"),
        below("XDG_RUNTIME_DIR", "containers/auth.json"),
        podman,
        below("HOME", ".docker/config.json"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn find_in(
    path: &Utf8Path,
    repository: &Repository,
    settings: &Settings,
) -> Result<Option<Credentials>, CredentialsError> {
    let Some(file) = config_file::read(path)? else {
        return Ok(None);
    };
    let host = repository.host();
    let mut helpers = file.cred_helpers.iter();
    let helper = helpers.find(|(key, _)| normalized(key) == host);
    let helper = helper.map(|(_, name)| name.as_str());
    let store = file.creds_store.as_deref().filter(|name| !name.is_empty());
    if let Some(name) = helper.or(store) {
        let server = match host {
            "docker.io" => DOCKER_HUB_KEY,
            host => host,
        };
        if let Some(found) = helper::get(name, server, path, settings)? {
            return Ok(Some(found));
        }
    }
    file.login(&keys(repository), path)
}

/// The keys of a repository, the most specific one first (containers-auth.json(5)):
/// `host/a/b`, `host/a`, `host`.
fn keys(repository: &Repository) -> Vec<String> {
    let whole = repository.to_string();
    let cuts = whole.match_indices('/').map(|(at, _)| at).rev();
    std::iter::once(whole.len())
        .chain(cuts)
        .map(|end| whole[..end].to_owned())
        .collect()
}
