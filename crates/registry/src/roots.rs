//! The certificates that are trusted: those of the system, from its files.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use ureq::tls::Certificate;

/// Where distributions keep all roots in one file.
const BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
];

/// No certificates to trust.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RootsError {
    #[error(
        "no file with certificates of CAs is there; install `ca-certificates`, or name a file in \
         `SSL_CERT_FILE`"
    )]
    None,
    #[error("cannot read the certificates in `{path}`, which `SSL_CERT_FILE` names")]
    Unreadable {
        path: Utf8PathBuf,
        source: std::io::Error,
    },
    #[error("`{path}`, which `SSL_CERT_FILE` names, holds no certificates in PEM")]
    Empty { path: Utf8PathBuf },
}

/// The roots of `SSL_CERT_FILE`, or else of the first file that the system has.
pub(crate) fn load(ssl_cert_file: Option<&str>) -> Result<Vec<Certificate<'static>>, RootsError> {
    if let Some(path) = ssl_cert_file {
        let path = Utf8PathBuf::from(path);
        let pem = fs::read(&path).map_err(|source| RootsError::Unreadable {
            path: path.clone(),
            source,
        })?;
        let found = certificates(&pem);
        return if found.is_empty() {
            Err(RootsError::Empty { path })
        } else {
            Ok(found)
        };
    }
    let found = BUNDLES.iter().map(Utf8Path::new).find_map(|path| {
        let found = certificates(&fs::read(path).ok()?);
        (!found.is_empty()).then_some(found)
    });
    found.ok_or(RootsError::None)
}

/// The certificates of a PEM file; what is malformed is passed over.
fn certificates(pem: &[u8]) -> Vec<Certificate<'static>> {
    CertificateDer::pem_slice_iter(pem)
        .flatten()
        .map(|der| Certificate::from_der(&der).to_owned())
        .collect()
}
