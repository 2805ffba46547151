//! Removes blobs that nothing in an image layout points at.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::UNFINISHED_PREFIX;
use super::lock::release_blobs;
use crate::descriptor::Descriptor;
use crate::digest::Digest;
use crate::folder::Folder;
use crate::media_type;
use crate::transport::blob_store::{BLOBS, BlobStore};
use crate::transport::document::MAX_DOCUMENT;
use crate::transport::reference::Reference;
use crate::transport::resolve::MAX_DEPTH;
use crate::transport::source::Source;

/// The blobs that are neither in `used` nor below `roots`; none where the used ones cannot be
/// told.
pub(super) fn unreferenced(
    layout: &Folder,
    blobs: &Folder,
    mut used: BTreeSet<Digest>,
    roots: &[Descriptor],
) -> Vec<Digest> {
    let source = Source {
        reference: Reference::Oci {
            path: layout.path().to_owned(),
            tag: None,
        },
        blobs: BlobStore::Layout {
            blobs: layout.folder(BLOBS).ok(),
            _lock: None,
        },
        entries: Vec::new(),
        wanted: None,
    };
    let mut known = roots.iter().map(|root| mark(&source, root, 0, &mut used));
    if known.any(|known| known.is_none()) {
        return Vec::new();
    }
    let names = blobs.names().unwrap_or_default().into_iter();
    names
        .filter_map(|name| format!("sha256:{name}").parse().ok())
        .filter(|digest| !used.contains(digest))
        .collect()
}

/// Removes unfinished files, and these blobs, unless somebody reads the layout. Failures are
/// ignored: the next writer tries again.
pub(super) fn remove(layout: &Folder, blobs: &[Digest]) {
    for name in layout.names().unwrap_or_default() {
        if name.starts_with(UNFINISHED_PREFIX) {
            let _ = layout.remove(&name);
        }
    }
    if blobs.is_empty() {
        return;
    }
    let Some(folder) = release_blobs(layout) else {
        return;
    };
    for blob in blobs {
        let _ = folder.remove(&blob.hex());
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
