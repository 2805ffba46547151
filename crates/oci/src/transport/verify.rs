//! Verifies images: reads every byte.

use std::collections::BTreeSet;

use super::blob::LayerReader;
use super::error::{ReadError, ReadErrorKind};
use super::host::Host;
use super::open::open;
use super::reference::Reference;
use super::source::{Entry, Source};
use crate::digest::Digest;
use crate::image::LayerBlob;
use crate::tar::TarReader;

/// The result of reading every byte of an image.
#[derive(Debug, Default)]
pub struct VerifyReport {
    /// How many entries were looked at.
    pub entries: usize,
    /// How many blobs were read, each once.
    pub blobs: usize,
    /// How many bytes they have together.
    pub bytes: u64,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Something that is wrong with an entry.
#[derive(Debug)]
pub struct Finding {
    /// The entry's tag or name.
    pub entry: Option<String>,
    /// What is wrong.
    pub kind: ReadErrorKind,
}

/// Verifies all that a reference names: every entry where it names no tag; of each, every
/// blob against its digest and every layer against its diff ID.
///
/// # Errors
/// There is nothing to look at; all else is a [`Finding`].
pub fn verify(reference: &Reference, host: &Host) -> Result<VerifyReport, ReadError> {
    let source = open(reference, host)?;
    let entries = match &source.wanted {
        Some(_) => std::slice::from_ref(source.root()?),
        None => source.entries(),
    };
    let mut report = VerifyReport::default();
    let mut seen = BTreeSet::new();
    for entry in entries {
        report.entries += 1;
        let kinds = report.examine(&source, entry, &mut seen);
        report
            .findings
            .extend(kinds.into_iter().map(|kind| Finding {
                entry: entry.name.clone(),
                kind,
            }));
    }
    Ok(report)
}

impl VerifyReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    fn examine(
        &mut self,
        source: &Source,
        entry: &Entry,
        seen: &mut BTreeSet<(Digest, Option<Digest>)>,
    ) -> Vec<ReadErrorKind> {
        // Documents are read whole while an image is loaded.
        let image = match source.resolve(&entry.descriptor) {
            Ok(image) => image,
            Err(kind) => return vec![kind],
        };
        let mut kinds = Vec::new();
        for platform in &image.platforms {
            for layer in &platform.layers {
                let digest = layer.blob.descriptor.digest;
                if seen.insert((digest, Some(layer.diff_id))) {
                    kinds.extend(verify_layer(layer).err());
                }
            }
        }
        for blob in image.blobs() {
            if seen.insert((blob.descriptor.digest, None)) {
                self.blobs += 1;
                self.bytes += blob.descriptor.size;
            }
        }
        kinds
    }
}

/// Reads a layer and walks through every entry of its tar.
fn verify_layer(layer: &LayerBlob) -> Result<(), ReadErrorKind> {
    let mut tar = TarReader::streaming(LayerReader::open(layer)?);
    let of_blob = |error| ReadErrorKind::of_blob(layer.blob.descriptor.digest, error);
    while tar.next_entry().map_err(of_blob)?.is_some() {}
    Ok(())
}
