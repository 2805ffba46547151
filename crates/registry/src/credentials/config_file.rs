//! Docker's `config.json` and podman's `auth.json` (containers-auth.json(5)).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use camino::Utf8Path;
use serde::Deserialize;

use super::error::CredentialsError;
use super::login::{Credentials, Login};
use crate::secret::Secret;

/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 4 << 20;

/// What is read of such a file.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConfigFile {
    #[serde(default)]
    auths: BTreeMap<String, Entry>,
    #[serde(default)]
    pub(super) creds_store: Option<String>,
    #[serde(default)]
    pub(super) cred_helpers: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
struct Entry {
    #[serde(default)]
    auth: Option<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    password: Option<String>,
    #[serde(default, rename = "identitytoken")]
    identity_token: Option<String>,
}

/// Reads a file; `None` if there is none.
pub(super) fn read(path: &Utf8Path) -> Result<Option<ConfigFile>, CredentialsError> {
    let unreadable = |source| CredentialsError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let file = match File::open(path) {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(None);
        }
        file => file.map_err(unreadable)?,
    };
    let mut text = Vec::new();
    file.take(MAX_FILE)
        .read_to_end(&mut text)
        .map_err(unreadable)?;
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let malformed = |_| CredentialsError::Malformed {
        path: path.to_owned(),
    };
    serde_json::from_slice(&text).map(Some).map_err(malformed)
}

impl ConfigFile {
    /// The login for the first of these keys that has one.
    pub(super) fn login(
        &self,
        keys: &[String],
        path: &Utf8Path,
    ) -> Result<Option<Credentials>, CredentialsError> {
        for wanted in keys {
            let found = self.auths.iter().find(|(key, _)| normalized(key) == wanted);
            let Some((key, entry)) = found else { continue };
            let login = entry.login().map_err(|()| CredentialsError::BadEntry {
                path: path.to_owned(),
                key: key.clone(),
            })?;
            if let Some(login) = login {
                let origin = format!("`{path}`");
                return Ok(Some(Credentials { login, origin }));
            }
        }
        Ok(None)
    }
}

impl Entry {
    /// The login, `None` where a helper has it.
    fn login(&self) -> Result<Option<Login>, ()> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        if let Some(token) = given(&self.identity_token) {
            return Ok(Some(Login::IdentityToken(Secret::new(token))));
        }
        if let Some(auth) = given(&self.auth) {
            let bytes = STANDARD.decode(auth.trim());
            let bytes = bytes.or_else(|_| STANDARD_NO_PAD.decode(auth.trim()));
            let text = String::from_utf8(bytes.map_err(drop)?).map_err(drop)?;
            let (user, password) = text.split_once(':').ok_or(())?;
            return Ok(Some(Login::Password {
                user: user.to_owned(),
                password: Secret::new(password.trim_end_matches('\0')),
            }));
        }
        Ok(match (given(&self.username), given(&self.password)) {
            (Some(user), Some(password)) => Some(Login::Password {
                user,
                password: Secret::new(password),
            }),
            _ => None,
        })
    }
}

/// A key without the scheme and the API's path that old files have.
pub(super) fn normalized(key: &str) -> &str {
    let key = key
        .strip_prefix("https://")
        .or_else(|| key.strip_prefix("http://"))
        .unwrap_or(key);
    let key = key.trim_end_matches('/');
    let key = key
        .strip_suffix("/v1")
        .or_else(|| key.strip_suffix("/v2"))
        .unwrap_or(key);
    match key {
        "index.docker.io" | "registry-1.docker.io" => "docker.io",
        key => key,
    }
}
