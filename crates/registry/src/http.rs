//! Sends single requests over HTTP/1.1: no redirect is followed and nothing is sent again.

use std::io::Read;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::{self, Method};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Proxy, SendBody};

use crate::address::GuardedResolver;
use crate::answer::Answer;
use crate::error::RegistryError;
use crate::failure::{Failure, failure};
use crate::roots;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::url::{Scheme, Url};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(30);
/// How soon cancelling ends open connections.
const CANCEL_DELAY: Duration = Duration::from_millis(50);
/// Connections that are kept: one for each upload.
const CONNECTIONS: usize = 8;

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
