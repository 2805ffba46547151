//! Authenticates at one registry: anonymously, by password or by a token.

use std::io::Read as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muslin_oci::transport::registry::repository::{Repository, is_loopback};
use serde::Deserialize;
use ureq::http::Method;

use crate::answer::Answer;
use crate::challenge::Challenge;
use crate::credentials::{self, Credentials, Login};
use crate::error::RegistryError;
use crate::http::Request;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::url::{Scheme, Url, encode};

/// The largest answer of a token server that is read, in bytes.
const MAX_ANSWER: u64 = 1 << 20;

/// What is sent as `Authorization`, and how it is renewed.
pub(crate) struct Auth {
    registry: Url,
    repository: Repository,
    /// What a token is asked for, such as `repository:a/b:pull,push`.
    scopes: Vec<String>,
    credentials: Option<Credentials>,
    header: Mutex<Option<Secret>>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    #[serde(default)]
    token: String,
    #[serde(default)]
    access_token: String,
}

/// Sends a request without authentication, and again where that may help.
pub(crate) type SendRequest<'a> =
    &'a dyn Fn(&Request, Option<&Secret>, &[u8]) -> Result<Answer, RegistryError>;

impl Auth {
    /// Looks for credentials. Nothing is sent before a challenge.
    pub(crate) fn new(
        registry: &Url,
        repository: &Repository,
        scopes: Vec<String>,
        settings: &Settings,
    ) -> Result<Self, RegistryError> {
        Ok(Self {
            registry: registry.clone(),
            repository: repository.clone(),
            scopes,
            credentials: credentials::find(repository, settings)?,
            header: Mutex::new(None),
        })
    }

    /// The header for a request to the registry.
    pub(crate) fn header(&self) -> Option<Secret> {
        self.lock().clone()
    }

    /// Whether there are credentials, right or wrong.
    pub(crate) fn has_credentials(&self) -> bool {
        self.credentials.is_some()
    }

    /// The error of a request that is refused although its header is new.
    pub(crate) fn refused(&self) -> RegistryError {
        match &self.credentials {
            Some(credentials) => RegistryError::WrongCredentials {
                host: self.repository.host().to_owned(),
                origin: credentials.origin.clone(),
            },
            None => RegistryError::NoCredentials {
                host: self.repository.host().to_owned(),
                name: self.repository.name().to_owned(),
            },
        }
    }

    /// Does what a challenge asks for, unless another thread has done it since `used` was the
    /// header.
    ///
    /// # Errors
    /// There are no credentials, they are refused, or the token server is not to be asked.
    pub(crate) fn answer(
        &self,
        challenge: &Challenge,
        used: Option<&Secret>,
        send: SendRequest<'_>,
    ) -> Result<(), RegistryError> {
        let mut header = self.lock();
        if header.as_ref() != used {
            return Ok(());
        }
        let new = match challenge {
            Challenge::Basic => match self.credentials.as_ref().map(|found| &found.login) {
                Some(Login::Password { user, password }) => basic(user, password),
                _ => return Err(self.refused()),
            },
            Challenge::Bearer {
                realm,
                service,
                scope,
            } => {
                let realm = self.checked_realm(realm)?;
                let mut scopes = self.scopes.clone();
                if let Some(scope) = scope
                    && !scopes.contains(scope)
                    && scopes.is_empty()
                {
                    scopes.push(scope.clone());
                }
                let token = self.token(&realm, service.as_deref(), &scopes, send)?;
                Secret::new(format!("Bearer {}", token.reveal()))
            }
        };
        *header = Some(new);
        Ok(())
    }

    /// The URL of the token server: by TLS, or of a registry on this machine without TLS, on this
    /// machine.
    fn checked_realm(&self, realm: &str) -> Result<Url, RegistryError> {
        let refused = |why| RegistryError::Realm {
            host: self.repository.host().to_owned(),
            realm: realm.escape_debug().to_string(),
            why,
        };
        let url = Url::parse(realm).ok_or_else(|| refused("that is no URL"))?;
        let local = self.registry.scheme() == Scheme::Http
            && is_loopback(self.registry.authority())
            && is_loopback(url.authority());
        if url.scheme() == Scheme::Https || local {
            Ok(url)
        } else {
            Err(refused("credentials are sent by `https` only"))
        }
    }

    /// Asks for a token.
    fn token(
        &self,
        realm: &Url,
        service: Option<&str>,
        scopes: &[String],
        send: SendRequest<'_>,
    ) -> Result<Secret, RegistryError> {
        let service = service.unwrap_or_default();
        let login = self.credentials.as_ref().map(|found| &found.login);
        let answer = match login {
            Some(Login::IdentityToken(token)) => {
                let mut form = String::from("grant_type=refresh_token&client_id=muslin");
                let scopes = scopes.join(" ");
                let fields = [
                    ("service", service),
                    ("scope", &scopes),
                    ("refresh_token", token.reveal()),
                ];
                for (name, value) in fields {
                    form.push_str(&format!("&{name}="));
                    encode(value, &mut form);
                }
                let request = Request::new(Method::POST, realm.clone())
                    .header("content-type", "application/x-www-form-urlencoded");
                send(&request, None, form.as_bytes())?
            }
            login => {
                let mut url = realm.clone();
                if !service.is_empty() {
                    url = url.with_query("service", service);
                }
                for scope in scopes {
                    url = url.with_query("scope", scope);
                }
                let header = match login {
                    Some(Login::Password { user, password }) => Some(basic(user, password)),
                    _ => None,
                };
                send(&Request::new(Method::GET, url), header.as_ref(), &[])?
            }
        };
        let no_token = |said: String| RegistryError::NoToken {
            host: self.repository.host().to_owned(),
            realm: realm.to_string(),
            said,
        };
        match answer.status {
            200..300 => {}
            400 | 401 | 403 if self.has_credentials() => return Err(self.refused()),
            401 | 403 => return Err(self.refused()),
            status => return Err(no_token(format!(": status {status}{}", answer.said()))),
        }
        let mut body = Vec::new();
        let read = answer.into_reader().take(MAX_ANSWER).read_to_end(&mut body);
        read.map_err(|_| no_token(String::new()))?;
        // The source would quote it.
        let parsed: TokenAnswer = serde_json::from_slice(&body)
            .map_err(|_| no_token(": its answer is no JSON".to_owned()))?;
        let token = if parsed.token.is_empty() {
            parsed.access_token
        } else {
            parsed.token
        };
        if token.is_empty() {
            return Err(no_token(String::new()));
        }
        Ok(Secret::new(token))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Secret>> {
        self.header.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A header of RFC 7617.
fn basic(user: &str, password: &Secret) -> Secret {
    let pair = STANDARD.encode(format!("{user}:{}", password.reveal()));
    Secret::new(format!("Basic {pair}"))
}
