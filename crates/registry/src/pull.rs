//! Reads images of a registry (distribution-spec 1.1, "Pull"). Who reads the streams verifies
//! them.

use std::fmt;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

use muslin_oci::descriptor::Descriptor;
use muslin_oci::digest::Digest;
use muslin_oci::media_type;
use muslin_oci::remote::RemoteRepository;
use muslin_oci::transport::registry::reference::RegistryReference;
use muslin_oci::transport::registry::repository::Repository;
use muslin_oci::transport::{MAX_DOCUMENT, ReadErrorKind, RemoteImage};
use serde::Deserialize;
use ureq::http::Method;

use crate::error::RegistryError;
use crate::failure::Failure;
use crate::http::Request;
use crate::session::Session;
use crate::settings::Settings;
use crate::tries::Tries;

/// The types of manifests and indexes that are read, as `Accept` lists them.
pub(crate) const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.docker.distribution.manifest.v2+json";

/// The tag of a reference that names none.
const DEFAULT_TAG: &str = "latest";

/// An image that was found, and the repository that it is in.
struct Remote {
    session: Arc<Session>,
    root: (Digest, Vec<u8>),
}

/// Finds an image: reads its index or manifest.
pub(crate) fn open(
    reference: &RegistryReference,
    settings: &Settings,
) -> Result<RemoteImage, RegistryError> {
    let scope = format!("repository:{}:pull", reference.repository.name());
    let session = Session::open(&reference.repository, vec![scope], settings)?;
    let name = match (&reference.digest, &reference.tag) {
        (Some(digest), _) => digest.to_string(),
        (None, Some(tag)) => tag.clone(),
        (None, None) => DEFAULT_TAG.to_owned(),
    };
    let Received {
        media_type,
        bytes,
        digest: said,
    } = read_manifest(&session, &name)?;
    let found = Digest::of(&bytes);
    let wanted = reference.digest.map(|digest| digest.to_string()).or(said);
    if let Some(said) = wanted.filter(|wanted| *wanted != found.to_string()) {
        return Err(RegistryError::ForgedDigest {
            host: reference.repository.host().to_owned(),
            said: said.escape_debug().take(80).collect(),
            found,
        });
    }
    let media_type = media_type.or_else(|| own_media_type(&bytes));
    let media_type = media_type.unwrap_or_default();
    if !media_type::is_index(&media_type) && !media_type::is_manifest(&media_type) {
        return Err(RegistryError::NotAnImage {
            reference: reference.to_string(),
            media_type: media_type.escape_debug().take(80).collect(),
        });
    }
    let root = Descriptor::of(&media_type, &bytes);
    Ok(RemoteImage {
        repository: Arc::new(Remote {
            session: Arc::new(session),
            root: (found, bytes),
        }),
        root,
    })
}

/// A manifest or an index as a registry sends it, not verified.
struct Received {
    /// What its header says.
    media_type: Option<String>,
    bytes: Vec<u8>,
    /// What the header of its digest says.
    digest: Option<String>,
}

/// Reads a manifest or an index.
fn read_manifest(session: &Session, name: &str) -> Result<Received, RegistryError> {
    let url = session.url(&format!("manifests/{name}"));
    let request = Request::new(Method::GET, url).header("accept", ACCEPT);
    let mut tries = Tries::new(&session.settings);
    loop {
        let answer = session.send(&request, &[])?;
        match answer.status {
            200 => {}
            404 => {
                let separator = if name.contains(':') { '@' } else { ':' };
                let repository = &session.repository;
                return Err(RegistryError::NoImage(format!(
                    "docker://{repository}{separator}{name}"
                )));
            }
            _ => return Err(session.unexpected(&request, &answer)),
        }
        // Some answer with a type that says nothing.
        let media_type = answer
            .content_type()
            .map(str::to_owned)
            .filter(|media_type| {
                !matches!(
                    media_type.as_str(),
                    "application/json" | "text/plain" | "application/octet-stream"
                )
            });
        let digest = answer.header("docker-content-digest").map(str::to_owned);
        let mut bytes = Vec::new();
        match answer
            .into_reader()
            .take(MAX_DOCUMENT + 1)
            .read_to_end(&mut bytes)
        {
            Ok(_) if bytes.len() as u64 > MAX_DOCUMENT => {
                let too_large = ReadErrorKind::DocumentTooLarge {
                    document: format!("the manifest `{name}`"),
                    size: bytes.len() as u64,
                    limit: MAX_DOCUMENT,
                };
                return Err(RegistryError::Content(Box::new(too_large)));
            }
            Ok(_) => {
                return Ok(Received {
                    media_type,
                    bytes,
                    digest,
                });
            }
            Err(error) => {
                session.settings.cancellation.check()?;
                let failure = Failure::of_body(error);
                session.wait_after(failure, &request, &mut tries)?;
            }
        }
    }
}

/// The media type that a document says of itself.
fn own_media_type(bytes: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Typed {
        media_type: String,
    }
    let typed: Typed = serde_json::from_slice(bytes).ok()?;
    Some(typed.media_type)
}

impl RemoteRepository for Remote {
    fn repository(&self) -> &Repository {
        &self.session.repository
    }

    fn open(&self, descriptor: &Descriptor) -> io::Result<Box<dyn Read + Send>> {
        let digest = descriptor.digest;
        if digest == self.root.0 {
            return Ok(Box::new(Cursor::new(self.root.1.clone())));
        }
        let media_type = &descriptor.media_type;
        if media_type::is_index(media_type) || media_type::is_manifest(media_type) {
            let read = read_manifest(&self.session, &digest.to_string());
            let received = read.map_err(into_io)?;
            return Ok(Box::new(Cursor::new(received.bytes)));
        }
        let mut stream = BlobStream {
            session: Arc::clone(&self.session),
            digest,
            offset: 0,
            body: None,
            tries: Tries::new(&self.session.settings),
        };
        stream.connect().map_err(into_io)?;
        Ok(Box::new(stream))
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote")
            .field("repository", &self.session.repository)
            .finish_non_exhaustive()
    }
}

fn into_io(error: RegistryError) -> io::Error {
    error.into_read().into_io()
}

/// A blob. Where its connection breaks, another goes on.
struct BlobStream {
    session: Arc<Session>,
    digest: Digest,
    /// How many bytes were read.
    offset: u64,
    body: Option<Box<dyn Read + Send>>,
    tries: Tries,
}

impl BlobStream {
    fn request(&self) -> Request {
        let url = self.session.url(&format!("blobs/{}", self.digest));
        let request = Request::new(Method::GET, url);
        match self.offset {
            0 => request,
            offset => request.header("range", format!("bytes={offset}-")),
        }
    }

    /// Asks for what was not read yet.
    fn connect(&mut self) -> Result<(), RegistryError> {
        let request = self.request();
        let answer = self.session.send(&request, &[])?;
        match answer.status {
            206 => self.body = Some(Box::new(answer.into_reader())),
            200 => {
                // It has no ranges: what was read before is read again.
                let mut body = answer.into_reader();
                let skipped = io::copy(&mut (&mut body).take(self.offset), &mut io::sink());
                if let Err(error) = skipped {
                    return self.broken(error);
                }
                self.body = Some(Box::new(body));
            }
            404 => {
                return Err(RegistryError::NoBlob {
                    host: self.session.repository.host().to_owned(),
                    digest: self.digest,
                });
            }
            _ => return Err(self.session.unexpected(&request, &answer)),
        }
        Ok(())
    }

    /// Waits after a broken connection.
    fn broken(&mut self, error: io::Error) -> Result<(), RegistryError> {
        self.session.settings.cancellation.check()?;
        self.body = None;
        let failure = Failure::of_body(error);
        let request = self.request();
        self.session.wait_after(failure, &request, &mut self.tries)
    }
}

impl Read for BlobStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(body) = &mut self.body else {
                self.connect().map_err(into_io)?;
                continue;
            };
            match body.read(buffer) {
                Ok(read) => {
                    self.offset += read as u64;
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.broken(error).map_err(into_io)?,
            }
        }
    }
}
