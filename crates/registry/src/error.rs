//! Why a registry did not do what it was asked for.

use muslin_oci::cancellation::Cancelled;
use muslin_oci::digest::Digest;
use muslin_oci::transport::{ReadErrorKind, RegistryFault};

use crate::credentials::CredentialsError;
use crate::roots::RootsError;
use crate::url::Url;

/// Why a registry did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum RegistryError {
    #[error("cannot reach `{host}`; check its name, and that this machine has a network")]
    Unreachable {
        host: String,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error(
        "the certificate of `{host}` is not trusted; name the file with the certificate of its CA \
         in `SSL_CERT_FILE`"
    )]
    UntrustedCertificate {
        host: String,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error(
        "`{host}` speaks no TLS; if nobody between here and there can do harm, allow plain HTTP \
         with `--insecure {host}`"
    )]
    NoTls { host: String },
    #[error(transparent)]
    Roots(Box<dyn std::error::Error + Send + Sync>),
    #[error("`{host}` is no registry: it answers `/v2/` with {found}; check the name of the host")]
    NotARegistry { host: String, found: String },
    #[error(
        "`{host}` wants to know who asks for `{name}`; log in with `docker login {host}` or \
         `skopeo login {host}`, or check the name"
    )]
    NoCredentials { host: String, name: String },
    #[error(
        "`{host}` refuses the credentials from {origin}; log in again with `docker login {host}` \
         or `skopeo login {host}`"
    )]
    WrongCredentials { host: String, origin: String },
    #[error(transparent)]
    Credentials(Box<dyn std::error::Error + Send + Sync>),
    #[error(
        "`{host}` does not allow this for `{name}`{said}; check the rights of who has logged in"
    )]
    Denied {
        host: String,
        name: String,
        said: String,
    },
    #[error("there is no `{0}`; check its name and its tag")]
    NoImage(String),
    #[error("there is no repository `{0}`, or nobody may write to it; check its name")]
    NoRepository(String),
    #[error("`{host}` does not have `{digest}`, which the image needs; push the image again")]
    NoBlob { host: String, digest: Digest },
    #[error("`{host}` answers {what} with the status {status}{said}")]
    Answer {
        host: String,
        what: String,
        status: u16,
        said: String,
    },
    #[error("`{host}` answers {what} without `{header}`, which the specification asks for")]
    NoHeader {
        host: String,
        what: String,
        header: &'static str,
    },
    #[error("`{host}` gives `{sent}` the digest `{found}`; push again, or tell who runs it")]
    OtherDigest {
        host: String,
        sent: Digest,
        found: String,
    },
    #[error("`{host}` answers with the digest `{said}` for content that has `{found}`; try again")]
    ForgedDigest {
        host: String,
        said: String,
        found: Digest,
    },
    #[error("the image `{reference}` is of type `{media_type}`, which is no OCI or Docker image")]
    NotAnImage {
        reference: String,
        media_type: String,
    },
    #[error("`{host}` leads to `{location}`, which is not followed: {why}")]
    Location {
        host: String,
        location: String,
        why: &'static str,
    },
    #[error("the token server `{realm}` of `{host}` is not asked: {why}")]
    Realm {
        host: String,
        realm: String,
        why: &'static str,
    },
    #[error("the token server `{realm}` of `{host}` gives no token{said}")]
    NoToken {
        host: String,
        realm: String,
        said: String,
    },
    #[error("`{host}` answers nothing to {what} for {seconds} s; try again, or check the network")]
    Stalled {
        host: String,
        what: String,
        seconds: u64,
    },
    #[error("the connection to `{host}` breaks at {what}, {tries} times; try again later")]
    Broken {
        host: String,
        what: String,
        tries: u32,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error(
        "`{host}` answers {what} with the status {status}{said}, {tries} times; try again later"
    )]
    Busy {
        host: String,
        what: String,
        status: u16,
        said: String,
        tries: u32,
    },
    #[error("cannot read what is to be uploaded")]
    Content(#[source] Box<ReadErrorKind>),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl RegistryError {
    pub(crate) fn location(
        from: &Url,
        location: &dyn std::fmt::Display,
        why: &'static str,
    ) -> Self {
        Self::Location {
            host: from.authority().to_owned(),
            location: location.to_string(),
            why,
        }
    }

    /// The error of reading an image.
    pub(crate) fn into_read(self) -> ReadErrorKind {
        match self {
            Self::Cancelled(cancelled) => ReadErrorKind::Cancelled(cancelled),
            Self::Content(kind) => *kind,
            error => ReadErrorKind::Registry(RegistryFault(Box::new(error))),
        }
    }
}

impl From<RootsError> for RegistryError {
    fn from(error: RootsError) -> Self {
        Self::Roots(Box::new(error))
    }
}

impl From<CredentialsError> for RegistryError {
    fn from(error: CredentialsError) -> Self {
        match error {
            CredentialsError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            error => Self::Credentials(Box::new(error)),
        }
    }
}
