//! Removing from a layout what nothing in it points at.

use std::collections::BTreeSet;
use std::fs;

use camino::Utf8Path;
use serde::Deserialize;

use super::layout::UNFINISHED;
use super::loader::MAX_DEPTH;
use super::source::{MAX_DOCUMENT, Source};
use super::store::Store;
use crate::image::descriptor::Descriptor;
use crate::image::digest::Digest;
use crate::image::media_type;
use crate::image::reference::Reference;

/// Removes unfinished files, and the blobs that are neither in `used` nor below `roots`.
///
/// What cannot be removed stays, and where it is not clear what is used, all stays: the
/// next writer tries again.
pub(super) fn remove(layout: &Utf8Path, mut used: BTreeSet<Digest>, roots: &[Descriptor]) {
    remove_files(layout, |name| name.starts_with(UNFINISHED));
    let source = Source {
        reference: Reference::Oci {
            path: layout.to_owned(),
            tag: None,
        },
        store: Store::Folder(layout.to_owned()),
        entries: Vec::new(),
        wanted: None,
    };
    if roots
        .iter()
        .all(|root| mark(&source, root, 0, &mut used).is_some())
    {
        remove_files(&layout.join("blobs/sha256"), |name| {
            let digest = format!("sha256:{name}").parse::<Digest>();
            digest.is_ok_and(|digest| !used.contains(&digest))
        });
    }
}

/// What a manifest or an index may point at.
#[derive(Deserialize)]
struct Pointers {
    #[serde(default)]
    manifests: Vec<Descriptor>,
    #[serde(default)]
    config: Option<Descriptor>,
    #[serde(default)]
    layers: Vec<Descriptor>,
    #[serde(default)]
    subject: Option<Descriptor>,
}

/// Marks all that is below a descriptor as used; nothing if that cannot be told.
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
    let (_, below): (_, Pointers) = source.document(descriptor, "", MAX_DOCUMENT).ok()?;
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

fn remove_files(folder: &Utf8Path, unwanted: impl Fn(&str) -> bool) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_name().to_str().is_some_and(&unwanted) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
