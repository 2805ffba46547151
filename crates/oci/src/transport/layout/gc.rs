//! Removes blobs that nothing in an image layout points at.

use std::collections::BTreeSet;
use std::fs;

use camino::Utf8Path;
use serde::Deserialize;

use super::UNFINISHED_PREFIX;
use super::lock::release_blobs;
use crate::descriptor::Descriptor;
use crate::digest::Digest;
use crate::media_type;
use crate::transport::blob_store::{BLOBS, BlobStore, blob_path};
use crate::transport::document::MAX_DOCUMENT;
use crate::transport::reference::Reference;
use crate::transport::resolve::MAX_DEPTH;
use crate::transport::source::Source;

/// The blobs that are neither in `used` nor below `roots`; none where the used ones cannot be
/// told.
pub(super) fn unreferenced(
    layout: &Utf8Path,
    mut used: BTreeSet<Digest>,
    roots: &[Descriptor],
) -> Vec<Digest> {
    let source = Source {
        reference: Reference::Oci {
            path: layout.to_owned(),
            tag: None,
        },
        blobs: BlobStore::Layout {
            path: layout.to_owned(),
            _lock: None,
        },
        entries: Vec::new(),
        wanted: None,
    };
    let mut known = roots.iter().map(|root| mark(&source, root, 0, &mut used));
    if known.any(|known| known.is_none()) {
        return Vec::new();
    }
    let blobs = fs::read_dir(layout.join(BLOBS))
        .into_iter()
        .flatten()
        .flatten();
    blobs
        .filter_map(|blob| {
            format!("sha256:{}", blob.file_name().to_str()?)
                .parse()
                .ok()
        })
        .filter(|digest| !used.contains(digest))
        .collect()
}

/// Removes unfinished files, and these blobs, unless somebody reads the layout. Failures are
/// ignored: the next writer tries again.
pub(super) fn remove(layout: &Utf8Path, blobs: &[Digest]) {
    remove_unfinished(layout);
    if blobs.is_empty() {
        return;
    }
    let Some(_lock) = release_blobs(layout) else {
        return;
    };
    for &blob in blobs {
        let _ = fs::remove_file(blob_path(layout, blob));
    }
}

/// The descriptors of a manifest or an index.
#[derive(Deserialize)]
struct Descriptors {
    #[serde(default)]
    manifests: Vec<Descriptor>,
    #[serde(default)]
    config: Option<Descriptor>,
    #[serde(default)]
    layers: Vec<Descriptor>,
    #[serde(default)]
    subject: Option<Descriptor>,
}

/// Marks a document and all that it points at as used; `None` if that cannot be told.
fn mark(
    source: &Source,
    descriptor: &Descriptor,
    depth: usize,
    used: &mut BTreeSet<Digest>,
) -> Option<()> {
    let kind = &descriptor.media_type;
    if depth > 2 * MAX_DEPTH || !(media_type::is_index(kind) || media_type::is_manifest(kind)) {
        return None;
    }
    if !used.insert(descriptor.digest) {
        return Some(());
    }
    let (_, below): (_, Descriptors) = source.document(descriptor, "", MAX_DOCUMENT).ok()?;
    used.extend(
        below
            .config
            .iter()
            .chain(&below.layers)
            .map(|blob| blob.digest),
    );
    for document in below.manifests.iter().chain(&below.subject) {
        mark(source, document, depth + 1, used)?;
    }
    Some(())
}

fn remove_unfinished(layout: &Utf8Path) {
    for entry in fs::read_dir(layout).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name
            .to_str()
            .is_some_and(|name| name.starts_with(UNFINISHED_PREFIX))
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}
