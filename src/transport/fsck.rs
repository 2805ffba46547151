//! Reading all of an image.

use std::collections::BTreeSet;

use super::blob_reader::open_layer;
use super::fault::{Fault, ReadError};
use super::machine::Machine;
use super::open::open;
use super::source::{Entry, Source};
use crate::image::digest::{Digest, HashingReader};
use crate::image::multi_platform::LayerBlob;
use crate::image::reference::Reference;
use crate::image::tar_reader::TarReader;

/// What reading every byte of an image found.
#[derive(Debug, Default)]
pub struct Health {
    /// How many entries were looked at.
    pub entries: usize,
    /// How many blobs were read, each once.
    pub blobs: usize,
    /// How many bytes they have together.
    pub bytes: u64,
    /// What is wrong.
    pub flaws: Vec<Flaw>,
}

/// Something that is wrong with an entry.
#[derive(Debug)]
pub struct Flaw {
    /// The entry's tag or name.
    pub entry: Option<String>,
    /// What is wrong.
    pub fault: Fault,
}

/// Reads all that a reference names: every entry where it names no tag, every blob of
/// each, and every layer without its compression.
///
/// # Errors
/// There is nothing to look at; all else is a [`Flaw`].
pub fn fsck(reference: &Reference, machine: &Machine) -> Result<Health, ReadError> {
    let source = open(reference, machine)?;
    let entries = match &source.wanted {
        Some(_) => std::slice::from_ref(source.root()?),
        None => source.entries(),
    };
    let mut health = Health::default();
    let mut seen = BTreeSet::new();
    for entry in entries {
        health.entries += 1;
        let faults = health.examine(&source, entry, &mut seen);
        health.flaws.extend(faults.into_iter().map(|fault| Flaw {
            entry: entry.name.clone(),
            fault,
        }));
    }
    Ok(health)
}

impl Health {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.flaws.is_empty()
    }

    fn examine(
        &mut self,
        source: &Source,
        entry: &Entry,
        seen: &mut BTreeSet<(Digest, Option<Digest>)>,
    ) -> Vec<Fault> {
        // Documents are read whole while an image is loaded.
        let image = match source.load(&entry.descriptor) {
            Ok(image) => image,
            Err(fault) => return vec![fault],
        };
        let mut faults = Vec::new();
        for platform in &image.platforms {
            for layer in &platform.layers {
                let digest = layer.blob.descriptor.digest;
                if seen.insert((digest, Some(layer.diff_id))) {
                    faults.extend(layer_fault(layer));
                }
            }
        }
        for blob in image.blobs() {
            if seen.insert((blob.descriptor.digest, None)) {
                self.blobs += 1;
                self.bytes += blob.descriptor.size;
            }
        }
        faults
    }
}

fn layer_fault(layer: &LayerBlob) -> Option<Fault> {
    let digest = layer.blob.descriptor.digest;
    match diff_id(layer) {
        Ok(found) if found == layer.diff_id => None,
        Ok(found) => Some(Fault::WrongDiffId {
            layer: digest,
            claimed: layer.diff_id,
            found,
        }),
        Err(fault) => Some(fault),
    }
}

/// The digest of a layer's tar, every entry of which is walked through.
fn diff_id(layer: &LayerBlob) -> Result<Digest, Fault> {
    let digest = layer.blob.descriptor.digest;
    let of_blob = |error| Fault::of_blob(digest, error);
    let mut hashing = HashingReader::new(open_layer(layer)?);
    let mut tar = TarReader::streaming(&mut hashing);
    while tar.next_entry().map_err(of_blob)?.is_some() {}
    Ok(hashing.finish().0)
}
