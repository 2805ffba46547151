//! Why there is no answer, and whether a try more may help.

use std::error::Error;
use std::io;

use crate::address::PrivateAddress;
use crate::error::RegistryError;
use crate::url::Url;

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

/// Sorts an error of the client.
pub(crate) fn failure(error: ureq::Error, url: &Url) -> Failure {
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
