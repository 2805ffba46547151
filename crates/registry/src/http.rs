//! Sends single requests over HTTP/1.1: no redirect is followed and nothing is sent again.

use std::error::Error;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, SystemTime};

use ureq::config::Config;
use ureq::http::{self, HeaderMap, Method, Response};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body, Proxy, SendBody};

use crate::address::{GuardedResolver, PrivateAddress};
use crate::error::RegistryError;
use crate::roots;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::tries::retry_after;
use crate::url::{Scheme, Url};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(30);
/// How soon cancelling ends open connections.
const CANCEL_DELAY: Duration = Duration::from_millis(50);
/// Connections that are kept: one for each upload.
const CONNECTIONS: usize = 8;
/// The most that is read of an answer that is an error, in bytes.
const MAX_ERROR: u64 = 64 << 10;
/// The most characters of an error of a registry that are shown.
const MAX_SAID: usize = 200;

/// A client for one registry and the hosts that it leads to.
pub(crate) struct Http {
    agent: Agent,
    stall: Duration,
    /// Disconnected when this is dropped.
    _alive: Sender<()>,
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// The content of a request.
pub(crate) enum Payload<'a> {
    Bytes(&'a [u8]),
    /// A stream and its length in bytes.
    Stream(&'a mut dyn Read, u64),
}

/// An answer. Of one that is an error, the content was read.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    body: Body,
    error: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The connection broke.
    Broken(Box<dyn Error + Send + Sync>),
    /// No byte came, or none was taken, within the limit.
    Stalled,
    /// A try more would not help.
    Final(RegistryError),
}

impl Failure {
    /// The failure of reading the content of an answer.
    pub(crate) fn of_body(error: io::Error) -> Self {
        if is_timeout(&error) {
            Self::Stalled
        } else {
            Self::Broken(error.into())
        }
    }
}

/// Whether nothing came within the limit.
fn is_timeout(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    matches!(inner, Some(ureq::Error::Timeout(_)))
        || matches!(
            error.kind(),
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
        )
}

impl Request {
    pub(crate) fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// What it asks, for messages.
    pub(crate) fn what(&self) -> String {
        format!("`{} {}`", self.method, self.url)
    }
}

impl Http {
    /// A client for the registry at this URL.
    pub(crate) fn new(registry: &Url, settings: &Settings) -> Result<Self, RegistryError> {
        let host = registry.authority();
        let name = host.rsplit_once(':').map_or(host, |(name, port)| {
            if port.bytes().all(|byte| byte.is_ascii_digit()) {
                name
            } else {
                host
            }
        });
        let secure = registry.scheme() == Scheme::Https;
        let proxy = if secure { proxy(settings) } else { None };
        let proxy_host = proxy.as_ref().map(|proxy| proxy.host().to_owned());
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("muslin/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .proxy(proxy)
            .max_idle_connections(CONNECTIONS)
            .max_idle_connections_per_host(CONNECTIONS)
            .timeout_connect(Some(CONNECT))
            .timeout_per_read(Some(settings.limits.stall))
            .timeout_per_write(Some(settings.limits.stall));
        let config = if secure {
            let roots = roots::load(settings.variable("SSL_CERT_FILE"))?;
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            config.tls_config(
                TlsConfig::builder()
                    .root_certs(RootCerts::from(roots))
                    .unversioned_rustls_crypto_provider(provider)
                    .build(),
            )
        } else {
            config
        };
        let agent = Agent::with_parts(
            config.build(),
            DefaultConnector::default(),
            GuardedResolver::new(name, proxy_host),
        );
        let (alive, ended) = channel::<()>();
        let (watched, cancellation) = (agent.clone(), settings.cancellation.clone());
        thread::spawn(move || {
            while ended.recv_timeout(CANCEL_DELAY) == Err(RecvTimeoutError::Timeout) {
                if cancellation.is_cancelled() {
                    watched.shutdown();
                    break;
                }
            }
        });
        Ok(Self {
            agent,
            stall: settings.limits.stall,
            _alive: alive,
        })
    }

    pub(crate) fn stall(&self) -> Duration {
        self.stall
    }

    /// Sends a request, with a header `Authorization` if one is given.
    pub(crate) fn exchange(
        &self,
        request: &Request,
        authorization: Option<&Secret>,
        payload: Payload<'_>,
    ) -> Result<Answer, Failure> {
        let mut builder = http::Request::builder()
            .method(request.method.clone())
            .uri(request.url.to_request());
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        if let Some(secret) = authorization {
            let value = http::HeaderValue::from_str(secret.reveal());
            let mut value = value.map_err(|error| Failure::Broken(Box::new(error)))?;
            value.set_sensitive(true);
            builder = builder.header("authorization", value);
        }
        let malformed = |error: http::Error| Failure::Broken(Box::new(error));
        let sent = match payload {
            Payload::Bytes(bytes)
                if request.method == Method::GET || request.method == Method::HEAD =>
            {
                debug_assert!(bytes.is_empty());
                self.agent.run(builder.body(()).map_err(malformed)?)
            }
            Payload::Bytes(bytes) => self.agent.run(builder.body(bytes).map_err(malformed)?),
            Payload::Stream(stream, length) => {
                let builder = builder.header("content-length", length);
                let body = SendBody::from_reader(stream);
                self.agent.run(builder.body(body).map_err(malformed)?)
            }
        };
        sent.map(Answer::new)
            .map_err(|error| failure(error, &request.url))
    }
}

/// The proxy of the environment, for registries that are reached by TLS.
fn proxy(settings: &Settings) -> Option<Proxy> {
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let address = names.iter().find_map(|name| settings.variable(name))?;
    let given = Proxy::new(address).ok()?;
    let mut builder = Proxy::builder(given.protocol())
        .host(given.host())
        .port(given.port());
    if let Some(user) = given.username() {
        builder = builder.username(user);
    }
    if let Some(password) = given.password() {
        builder = builder.password(password);
    }
    let except = ["NO_PROXY", "no_proxy"];
    let except = except.iter().find_map(|name| settings.variable(name));
    for host in except.unwrap_or_default().split(',').map(str::trim) {
        if !host.is_empty() {
            builder = builder.no_proxy(host);
        }
    }
    builder.build().ok()
}

impl Answer {
    fn new(response: Response<Body>) -> Self {
        let (parts, mut body) = response.into_parts();
        let status = parts.status.as_u16();
        let mut error = Vec::new();
        if status >= 400 {
            // What cannot be read of it is not needed.
            let _ = body.as_reader().take(MAX_ERROR).read_to_end(&mut error);
        }
        Self {
            status,
            headers: parts.headers,
            body,
            error,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn headers<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let all = self.headers.get_all(name).into_iter();
        all.filter_map(|value| value.to_str().ok())
    }

    /// The media type of the content, without parameters.
    pub(crate) fn content_type(&self) -> Option<&str> {
        let value = self.header("content-type")?;
        Some(value.split(';').next().unwrap_or(value).trim())
    }

    pub(crate) fn content_length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }

    /// Whether a later try may succeed.
    pub(crate) fn is_busy(&self) -> bool {
        match self.status {
            408 | 429 | 500 | 502..=504 | 520..=599 => true,
            // GitHub's answer to many requests at once.
            403 => {
                let text = String::from_utf8_lossy(&self.error).to_ascii_lowercase();
                text.contains("secondary rate limit")
            }
            _ => false,
        }
    }

    /// The wait that it asks for.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        retry_after(self.header("retry-after")?, SystemTime::now())
    }

    /// The content of an answer that is no error.
    pub(crate) fn into_reader(self) -> impl Read + Send + use<> {
        self.body.into_reader()
    }

    /// What the registry says of an error: ` (its message)`, or nothing (distribution-spec 1.1,
    /// "Error Codes"). Control characters are left out, because a terminal would obey them.
    pub(crate) fn said(&self) -> String {
        #[derive(serde::Deserialize)]
        struct Errors {
            errors: Vec<One>,
        }
        #[derive(serde::Deserialize)]
        struct One {
            #[serde(default)]
            code: String,
            #[serde(default)]
            message: String,
        }
        let Ok(parsed) = serde_json::from_slice::<Errors>(&self.error) else {
            return String::new();
        };
        let Some(first) = parsed.errors.into_iter().next() else {
            return String::new();
        };
        let text = if first.message.is_empty() {
            first.code
        } else {
            first.message
        };
        let shown: String = text
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_SAID)
            .collect();
        if shown.is_empty() {
            String::new()
        } else {
            format!(" ({shown})")
        }
    }
}

/// Sorts an error of the client.
fn failure(error: ureq::Error, url: &Url) -> Failure {
    let host = || url.authority().to_owned();
    match error {
        ureq::Error::Io(error) => io_failure(error, url),
        ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
            Failure::Final(RegistryError::Unreachable {
                host: host(),
                source: error.into(),
            })
        }
        ureq::Error::Timeout(_) => Failure::Stalled,
        ureq::Error::Rustls(error) => tls_failure(error, url),
        ureq::Error::Other(inner) => match inner.downcast::<PrivateAddress>() {
            Ok(_) => Failure::Final(RegistryError::location(
                url,
                url,
                "it has a private address, and the registry has not",
            )),
            Err(inner) => Failure::Broken(inner),
        },
        error @ (ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::ConnectProxyFailed(_)
        | ureq::Error::BadUri(_)) => Failure::Final(RegistryError::Unreachable {
            host: host(),
            source: error.into(),
        }),
        error => Failure::Broken(error.into()),
    }
}

/// Sorts an error of a connection.
fn io_failure(error: io::Error, url: &Url) -> Failure {
    if is_timeout(&error) {
        return Failure::Stalled;
    }
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    if let Some(inner) = inner {
        return tls_failure(rustls::Error::clone(inner), url);
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable => Failure::Final(RegistryError::Unreachable {
            host: url.authority().to_owned(),
            source: error.into(),
        }),
        _ => Failure::Broken(error.into()),
    }
}

fn tls_failure(error: rustls::Error, url: &Url) -> Failure {
    let host = url.authority().to_owned();
    Failure::Final(match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
            RegistryError::UntrustedCertificate {
                host,
                source: error.into(),
            }
        }
        rustls::Error::InvalidMessage(_) => RegistryError::NoTls { host },
        error => return Failure::Broken(error.into()),
    })
}
