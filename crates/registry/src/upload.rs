//! Uploads one blob (distribution-spec 1.1, "Pushing blobs"): not at all where the registry has
//! it or can mount it, in one request, or in chunks.

use std::io::Read as _;
use std::sync::atomic::{AtomicBool, Ordering};

use ureq::http::Method;

use muslin_oci::cancellation::Cancelled;
use muslin_oci::digest::Digest;
use muslin_oci::image::Blob;
use muslin_oci::transport::ReadErrorKind;

use crate::answer::Answer;
use crate::content::Content;
use crate::error::RegistryError;
use crate::failure::Failure;
use crate::http::{Payload, Request};
use crate::session::{Session, busy};
use crate::tries::Tries;
use crate::url::Url;

/// The size of chunks where one request is too large, in bytes.
const CHUNK: u64 = 32 << 20;
/// Smaller chunks are not tried.
const MIN_CHUNK: u64 = 1 << 20;

/// Uploads blobs to one repository.
pub(crate) struct Uploader<'a> {
    pub(crate) session: &'a Session,
    /// Set once one has failed.
    pub(crate) stop: &'a AtomicBool,
}

/// An upload that the registry has begun.
struct Upload {
    location: Url,
    /// How many bytes the registry has.
    offset: u64,
    /// The size of chunks, in bytes. `None` for one request.
    chunk: Option<u64>,
}

/// What became of sending content.
enum Sent {
    Done,
    /// It is to be sent in smaller parts.
    TooLarge,
    /// It may be sent again.
    Failed(Request, Failure),
    /// As `Failed`, by an answer.
    Refused(Request, Box<Answer>),
}

impl Uploader<'_> {
    /// Uploads a blob unless it is there, or can be mounted from the repository `from` of the same
    /// registry; gives whether its content was sent.
    pub(crate) fn upload(&self, blob: &Blob, from: Option<&str>) -> Result<bool, RegistryError> {
        if self.is_there(blob)? {
            return Ok(false);
        }
        let Some(mut upload) = self.begin(blob, from)? else {
            return Ok(false);
        };
        let mut tries = Tries::new(&self.session.settings);
        loop {
            let sent = match upload.chunk {
                None => self.send_whole(&upload, blob)?,
                Some(size) => self.send_chunks(&mut upload, size, blob)?,
            };
            match sent {
                Sent::Done => return Ok(true),
                Sent::TooLarge => {
                    let chunk = smaller(upload.chunk, blob.descriptor.size);
                    let Some(chunk) = chunk else {
                        return Err(self.too_large(&upload));
                    };
                    upload = self.begin_again(blob)?;
                    upload.chunk = Some(chunk);
                }
                Sent::Failed(request, failure) => {
                    self.check_stop()?;
                    self.session.wait_after(failure, &request, &mut tries)?;
                    upload = self.resume(upload, blob)?;
                }
                Sent::Refused(request, answer) => {
                    self.check_stop()?;
                    if answer.status == 401 {
                        let used = self.session.header_for(&request.url);
                        self.session.renew(&answer, used.as_ref())?;
                    }
                    if !tries.wait(answer.retry_after())? {
                        return Err(if answer.is_busy() {
                            busy(&request, &answer, &tries)
                        } else {
                            self.session.unexpected(&request, &answer)
                        });
                    }
                    upload = self.resume(upload, blob)?;
                }
            }
        }
    }

    fn check_stop(&self) -> Result<(), Cancelled> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Cancelled);
        }
        self.session.settings.cancellation.check()
    }

    /// Whether the repository has the blob.
    fn is_there(&self, blob: &Blob) -> Result<bool, RegistryError> {
        let url = self
            .session
            .url(&format!("blobs/{}", blob.descriptor.digest));
        let request = Request::new(Method::HEAD, url);
        let answer = self.session.send(&request, &[])?;
        match answer.status {
            200 => Ok(answer
                .content_length()
                .is_none_or(|length| length == blob.descriptor.size)),
            404 => Ok(false),
            _ => Err(self.session.unexpected(&request, &answer)),
        }
    }

    /// Begins an upload; `None` if the registry has mounted the blob in its place.
    fn begin(&self, blob: &Blob, from: Option<&str>) -> Result<Option<Upload>, RegistryError> {
        let digest = blob.descriptor.digest;
        let mut url = self.session.url("blobs/uploads/");
        if let Some(from) = from {
            url = url
                .with_query("mount", &digest.to_string())
                .with_query("from", from);
        }
        let request = Request::new(Method::POST, url);
        let answer = self.session.send(&request, &[])?;
        match answer.status {
            201 if from.is_some() => {
                self.check_digest(&answer, digest)?;
                Ok(None)
            }
            202 => {
                let asked = answer.header("oci-chunk-min-length");
                let asked: Option<u64> = asked.and_then(|length| length.parse().ok());
                let chunk = asked.map(|length| length.max(CHUNK));
                Ok(Some(Upload {
                    location: self.session.location(&request, &answer)?,
                    offset: 0,
                    chunk: chunk.filter(|chunk| *chunk < blob.descriptor.size),
                }))
            }
            404 => Err(RegistryError::NoRepository(
                self.session.repository.to_string(),
            )),
            _ => Err(self.session.unexpected(&request, &answer)),
        }
    }

    fn begin_again(&self, blob: &Blob) -> Result<Upload, RegistryError> {
        let upload = self.begin(blob, None)?;
        upload.ok_or_else(|| RegistryError::NoRepository(self.session.repository.to_string()))
    }

    /// Goes on where the registry has got to, or from the start where it does not say.
    fn resume(&self, upload: Upload, blob: &Blob) -> Result<Upload, RegistryError> {
        let request = Request::new(Method::GET, upload.location.clone());
        let answer = self.session.send(&request, &[])?;
        let offset = answer.header("range").and_then(end_of_range);
        let size = blob.descriptor.size;
        match offset {
            // `0-0` stands for nothing, too.
            Some(offset) if answer.status == 204 && offset > 1 && offset <= size => {
                let location = match answer.header("location") {
                    Some(_) => self.session.location(&request, &answer)?,
                    None => upload.location,
                };
                Ok(Upload {
                    location,
                    offset,
                    chunk: Some(upload.chunk.unwrap_or(u64::MAX)),
                })
            }
            _ => {
                let begun = self.begin_again(blob)?;
                // What was too large stays so.
                let chunk = upload.chunk.filter(|chunk| *chunk != u64::MAX);
                Ok(Upload {
                    chunk: chunk.or(begun.chunk),
                    ..begun
                })
            }
        }
    }

    fn content(&self, blob: &Blob, offset: u64) -> Result<Content<'_>, RegistryError> {
        let cancellation = &self.session.settings.cancellation;
        Content::open(blob, offset, cancellation, self.stop).map_err(unreadable)
    }

    /// Sends the whole content in one request.
    fn send_whole(&self, upload: &Upload, blob: &Blob) -> Result<Sent, RegistryError> {
        let digest = blob.descriptor.digest;
        let mut content = self.content(blob, 0)?;
        let request = closing(upload, digest);
        let length = content.left();
        self.sent(request, &mut content, length, |answer| {
            self.check_digest(answer, digest)
        })
    }

    /// Sends what is left in chunks, and closes the upload.
    fn send_chunks(
        &self,
        upload: &mut Upload,
        size: u64,
        blob: &Blob,
    ) -> Result<Sent, RegistryError> {
        let mut content = self.content(blob, upload.offset)?;
        while content.left() > 0 {
            let length = content.left().min(size);
            let end = upload.offset + length - 1;
            let request = Request::new(Method::PATCH, upload.location.clone())
                .header("content-type", "application/octet-stream")
                .header("content-range", format!("{}-{end}", upload.offset));
            let mut next = None;
            let sent = self.sent(request.clone(), &mut content, length, |answer| {
                next = Some(self.session.location(&request, answer)?);
                Ok(())
            })?;
            match (sent, next) {
                (Sent::Done, Some(location)) => upload.location = location,
                (sent, _) => return Ok(sent),
            }
            upload.offset += length;
        }
        let digest = blob.descriptor.digest;
        let request = closing(upload, digest);
        self.sent(request, &mut content, 0, |answer| {
            self.check_digest(answer, digest)
        })
    }

    /// Sends this many bytes of the content; `check` looks at the answer.
    fn sent(
        &self,
        request: Request,
        content: &mut Content<'_>,
        length: u64,
        check: impl FnOnce(&Answer) -> Result<(), RegistryError>,
    ) -> Result<Sent, RegistryError> {
        let header = self.session.header_for(&request.url);
        let mut part = content.by_ref().take(length);
        let payload = if length == 0 {
            Payload::Bytes(&[])
        } else {
            Payload::Stream(&mut part, length)
        };
        let answer = match self.session.send_once(&request, header.as_ref(), payload) {
            Ok(answer) => answer,
            Err(failure) => {
                return match content.fault() {
                    Some(fault) => Err(unreadable(fault)),
                    None => Ok(Sent::Failed(request, failure)),
                };
            }
        };
        match answer.status {
            200..300 => {
                check(&answer)?;
                Ok(Sent::Done)
            }
            413 => Ok(Sent::TooLarge),
            // The registry has forgotten the upload, has another part of it, or got other bytes.
            400 | 401 | 404 | 416 => Ok(Sent::Refused(request, Box::new(answer))),
            _ if answer.is_busy() => Ok(Sent::Refused(request, Box::new(answer))),
            _ => Err(self.session.unexpected(&request, &answer)),
        }
    }

    fn check_digest(&self, answer: &Answer, sent: Digest) -> Result<(), RegistryError> {
        check_digest(self.session, answer, sent)
    }

    fn too_large(&self, upload: &Upload) -> RegistryError {
        RegistryError::Answer {
            host: self.session.repository.host().to_owned(),
            what: format!("`PATCH {}`", upload.location),
            status: 413,
            said: " (every chunk is too large)".to_owned(),
        }
    }
}

/// The request that ends an upload.
fn closing(upload: &Upload, digest: Digest) -> Request {
    let url = upload.location.with_query("digest", &digest.to_string());
    Request::new(Method::PUT, url).header("content-type", "application/octet-stream")
}

/// Compares the digest that a registry answers, if it does.
pub(crate) fn check_digest(
    session: &Session,
    answer: &Answer,
    sent: Digest,
) -> Result<(), RegistryError> {
    match answer.header("docker-content-digest") {
        Some(found) if found != sent.to_string() => Err(RegistryError::OtherDigest {
            host: session.repository.host().to_owned(),
            sent,
            found: found.escape_debug().take(80).collect(),
        }),
        _ => Ok(()),
    }
}

fn unreadable(fault: ReadErrorKind) -> RegistryError {
    match fault {
        ReadErrorKind::Cancelled(cancelled) => cancelled.into(),
        fault => RegistryError::Content(Box::new(fault)),
    }
}

/// The size of the next chunks where those of `size` were too large; `None` where smaller ones
/// make no sense.
fn smaller(size: Option<u64>, blob: u64) -> Option<u64> {
    let half = match size {
        None | Some(u64::MAX) => blob.div_ceil(2).min(CHUNK),
        Some(size) => size / 2,
    };
    (half >= MIN_CHUNK).then_some(half)
}

/// How many bytes a registry has, by its header `Range: 0-END`.
fn end_of_range(range: &str) -> Option<u64> {
    let range = range.strip_prefix("bytes=").unwrap_or(range);
    let (start, end) = range.split_once('-')?;
    let end: u64 = end.trim().parse().ok()?;
    (start.trim() == "0").then(|| end.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_halved_down_to_a_mebibyte() {
        const MIB: u64 = 1 << 20;
        for (size, blob, next) in [
            (None, 100 * MIB, Some(32 * MIB)),
            (None, 3 * MIB, Some(3 * MIB / 2)),
            (Some(u64::MAX), 100 * MIB, Some(32 * MIB)),
            (Some(32 * MIB), 100 * MIB, Some(16 * MIB)),
            (Some(MIB), 100 * MIB, None),
            (None, 100, None),
        ] {
            assert_eq!(smaller(size, blob), next, "{size:?} {blob}");
        }
    }

    #[test]
    fn a_range_says_how_many_bytes_are_there() {
        for (range, bytes) in [
            ("0-99", Some(100)),
            ("bytes=0-99", Some(100)),
            ("0-0", Some(1)),
            ("5-9", None),
            ("0", None),
            ("0-x", None),
        ] {
            assert_eq!(end_of_range(range), bytes, "{range}");
        }
    }
}
