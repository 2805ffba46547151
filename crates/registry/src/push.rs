//! Pushes an image: what is missing of it, its index last, and each tag after all that it points
//! at.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use ureq::http::Method;

use muslin_oci::digest::Digest;
use muslin_oci::image::{Blob, Content, MultiPlatformImage};
use muslin_oci::transport::registry::reference::RegistryReference;
use muslin_oci::transport::registry::repository::Repository;
use muslin_oci::transport::{BlobReader, ReadErrorKind};

use crate::error::RegistryError;
use crate::http::Request;
use crate::pull::ACCEPT;
use crate::session::Session;
use crate::settings::Settings;
use crate::upload::{Uploader, check_digest};

/// The most blobs that are uploaded at once.
const MAX_THREADS: usize = 4;

/// A manifest and the blobs that it needs.
struct Needed<'a> {
    manifest: &'a Blob,
    blobs: Vec<&'a Blob>,
    /// The name of another repository of the registry that has the blobs.
    from: Option<&'a str>,
}

/// Pushes an image and sets its tags; gives how many blobs and manifests were sent, and how many
/// were there.
pub(crate) fn push(
    destination: &RegistryReference,
    image: &MultiPlatformImage,
    tags: &[String],
    settings: &Settings,
) -> Result<(usize, usize), RegistryError> {
    let scopes = scopes(&destination.repository, image);
    let session = &Session::open(&destination.repository, scopes, settings)?;
    let root = &image.index;
    let all = image.blobs().count();

    // Tags that are right already, and whether the root is there at all.
    let by_digest = [root.descriptor.digest.to_string()];
    let names = if tags.is_empty() {
        &by_digest[..]
    } else {
        tags
    };
    let mut missing_names = Vec::new();
    for name in names {
        if manifest_at(session, name)? != Some(root.descriptor.digest) {
            missing_names.push(name);
        }
    }
    let root_is_there = missing_names.len() < names.len();

    let needed = needed(image, &destination.repository);
    let is_missing = |needed: &&Needed| -> Result<bool, RegistryError> {
        let digest = needed.manifest.descriptor.digest;
        if digest == root.descriptor.digest {
            return Ok(!root_is_there);
        }
        Ok(manifest_at(session, &digest.to_string())?.is_none())
    };
    let stop = AtomicBool::new(false);
    let needed: Vec<&Needed> = needed.iter().collect();
    let answers = in_parallel(&needed, &stop, is_missing)?;
    let missing: Vec<&Needed> = needed
        .iter()
        .zip(answers)
        .filter_map(|(needed, is_missing)| is_missing.then_some(*needed))
        .collect();

    let mut blobs: BTreeMap<Digest, (&Blob, Option<&str>)> = BTreeMap::new();
    for needed in &missing {
        for blob in &needed.blobs {
            blobs.insert(blob.descriptor.digest, (blob, needed.from));
        }
    }
    // The largest first: it takes the longest.
    let mut blobs: Vec<(&Blob, Option<&str>)> = blobs.into_values().collect();
    blobs.sort_by_key(|(blob, _)| std::cmp::Reverse(blob.descriptor.size));
    let uploader = Uploader {
        session,
        stop: &stop,
    };
    let sent = in_parallel(&blobs, &stop, |(blob, from)| uploader.upload(blob, *from))?;
    let mut sent = sent.into_iter().filter(|sent| *sent).count();

    let manifests: Vec<&Blob> = missing
        .iter()
        .map(|needed| needed.manifest)
        .filter(|manifest| manifest.descriptor.digest != root.descriptor.digest)
        .collect();
    in_parallel(&manifests, &stop, |manifest| {
        let digest = manifest.descriptor.digest.to_string();
        put_manifest(session, manifest, &digest)
    })?;
    sent += manifests.len();
    for name in &missing_names {
        put_manifest(session, root, name)?;
    }
    sent += usize::from(!root_is_there);
    Ok((sent, all.saturating_sub(sent)))
}

/// What a token is asked for: to push, and to mount from the repositories that blobs are read
/// from.
fn scopes(to: &Repository, image: &MultiPlatformImage) -> Vec<String> {
    let others = image.blobs().filter_map(|blob| other_repository(blob, to));
    let others = others.map(|name| format!("repository:{name}:pull"));
    let others: BTreeSet<String> = others.collect();
    let own = format!("repository:{}:pull,push", to.name());
    std::iter::once(own).chain(others).collect()
}

/// The name of another repository of the same registry that a blob is read from.
fn other_repository<'a>(blob: &'a Blob, to: &Repository) -> Option<&'a str> {
    let Content::Remote(source) = &blob.content else {
        return None;
    };
    let from = source.repository();
    (from.host() == to.host() && from.name() != to.name()).then(|| from.name())
}

/// Every manifest of an image.
fn needed<'a>(image: &'a MultiPlatformImage, to: &Repository) -> Vec<Needed<'a>> {
    let platforms = image.platforms.iter().map(|platform| {
        let layers = platform.layers.iter().map(|layer| &layer.blob);
        let blobs: Vec<&Blob> = layers.chain([&platform.config]).collect();
        (&platform.manifest, blobs)
    });
    let attestations = image.attestations.iter().map(|attestation| {
        let statements = attestation.statements.iter();
        let blobs: Vec<&Blob> = statements.chain([&attestation.config]).collect();
        (&attestation.manifest, blobs)
    });
    let needed = |(manifest, blobs): (&'a Blob, Vec<&'a Blob>)| Needed {
        manifest,
        // Configs were read into memory, from where the layers are.
        from: blobs.iter().find_map(|blob| other_repository(blob, to)),
        blobs,
    };
    let mut seen = BTreeSet::new();
    platforms
        .chain(attestations)
        .map(needed)
        .filter(|needed| seen.insert(needed.manifest.descriptor.digest))
        .collect()
}

/// The digest of the manifest with this tag or digest, if there is one. A registry that has a
/// manifest has its blobs.
fn manifest_at(session: &Session, name: &str) -> Result<Option<Digest>, RegistryError> {
    let url = session.url(&format!("manifests/{name}"));
    let request = Request::new(Method::HEAD, url).header("accept", ACCEPT);
    let answer = session.send(&request, &[])?;
    match answer.status {
        200 => {
            let digest = answer.header("docker-content-digest");
            let digest = digest.and_then(|digest| digest.parse().ok());
            Ok(digest.or(name.parse().ok()))
        }
        404 => Ok(None),
        _ => Err(session.unexpected(&request, &answer)),
    }
}

/// Uploads a manifest or an index under a tag or its digest.
fn put_manifest(session: &Session, manifest: &Blob, name: &str) -> Result<(), RegistryError> {
    let digest = manifest.descriptor.digest;
    let unreadable =
        |error| RegistryError::Content(Box::new(ReadErrorKind::of_blob(digest, error)));
    let mut bytes = Vec::new();
    BlobReader::open(manifest)
        .map_err(|kind| RegistryError::Content(Box::new(kind)))?
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let url = session.url(&format!("manifests/{name}"));
    let media_type = &manifest.descriptor.media_type;
    let request = Request::new(Method::PUT, url).header("content-type", media_type);
    let answer = session.send(&request, &bytes)?;
    match answer.status {
        200..300 => check_digest(session, &answer, digest),
        _ => Err(session.unexpected(&request, &answer)),
    }
}

/// Does something with each item, several at once; the results are in the order of the items.
/// After an error nothing new is begun.
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    stop: &AtomicBool,
    work: impl Fn(&T) -> Result<R, RegistryError> + Sync,
) -> Result<Vec<R>, RegistryError> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut results = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at).filter(|_| !stop.load(Ordering::Relaxed)) else {
                return Ok(results);
            };
            match work(item) {
                Ok(result) => results.push((at, result)),
                Err(error) => {
                    stop.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
    };
    let finished: Vec<Result<Vec<(usize, R)>, RegistryError>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..items.len().min(MAX_THREADS))
            .map(|_| scope.spawn(work))
            .collect();
        let join = |worker: thread::ScopedJoinHandle<'_, _>| {
            worker
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        workers.into_iter().map(join).collect()
    });
    let mut results = BTreeMap::new();
    let mut first = None;
    for worker in finished {
        match worker {
            Ok(done) => results.extend(done),
            // Those that were ended for another's sake say so.
            Err(RegistryError::Cancelled(cancelled)) => {
                first = first.or(Some(RegistryError::Cancelled(cancelled)));
            }
            Err(error) => {
                if !matches!(first, Some(ref one) if !matches!(one, RegistryError::Cancelled(_))) {
                    first = Some(error);
                }
            }
        }
    }
    match first {
        Some(error) => Err(error),
        None => Ok(results.into_values().collect()),
    }
}
