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

/// Removes unfinished files, and the blobs that are neither in `used` nor below `roots`.
///
/// No blob is removed while somebody reads the layout, nor where the used ones cannot be
/// told. Failures are ignored: the next writer tries again.
pub(super) fn remove_unreferenced(
    layout: &Folder,
    mut used: BTreeSet<Digest>,
    roots: &[Descriptor],
) {
    remove_files(layout, |name| name.starts_with(UNFINISHED_PREFIX));
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
    if roots
        .iter()
        .all(|root| mark(&source, root, 0, &mut used).is_some())
    {
        let Some(blobs) = release_blobs(layout) else {
            return;
        };
        remove_files(&blobs, |name| {
            let digest = format!("sha256:{name}").parse::<Digest>();
            digest.is_ok_and(|digest| !used.contains(&digest))
        });
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

fn remove_files(folder: &Folder, unwanted: impl Fn(&str) -> bool) {
    for name in folder.names().unwrap_or_default() {
        if unwanted(&name) {
            let _ = folder.remove(&name);
        }
    }
}
