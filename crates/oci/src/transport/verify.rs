//! Verifies images: reads every byte.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::ops::ControlFlow;

use super::blob::{BlobReader, LayerReader};
use super::error::{ReadError, ReadErrorKind};
use super::host::Host;
use super::open::open;
use super::reference::Reference;
use super::source::{Entry, Source};
use crate::cancellation::Cancellation;
use crate::digest::Digest;
use crate::image::{Attestation, Blob, LayerBlob};
use crate::tar::{TarEntry, TarReader};

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
/// There is nothing to look at, or the work is cancelled; all else is a [`Finding`].
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
        let kinds = report.examine(&source, entry, &mut seen, host);
        host.cancellation
            .check()
            .map_err(|cancelled| source.error(cancelled.into()))?;
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
        host: &Host,
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
                    let skip = |_, _: &mut dyn Read| Ok(ControlFlow::Continue(()));
                    kinds.extend(verify_layer(layer, &host.cancellation, skip).err());
                }
            }
        }
        for attestation in &image.attestations {
            kinds.extend(verify_attestation(attestation, &host.cancellation).err());
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

/// Reads a layer to its end, and verifies the digest of its blob and the diff ID; gives the
/// size of its tar in bytes.
///
/// `visit` gets every entry and its content, which may be forged until the end. The size is
/// `None` where it stopped, and then nothing was verified.
///
/// # Errors
/// The layer cannot be read or is not what its digests say, `visit` has failed, or the work is
/// cancelled.
pub fn verify_layer(
    layer: &LayerBlob,
    cancellation: &Cancellation,
    mut visit: impl FnMut(TarEntry, &mut dyn Read) -> io::Result<ControlFlow<()>>,
) -> Result<Option<u64>, ReadErrorKind> {
    let mut tar = LayerReader::open(layer)?;
    let mut entries = TarReader::streaming(cancellation.reader(&mut tar));
    let of_blob = |error| ReadErrorKind::of_blob(layer.blob.descriptor.digest, error);
    while let Some(entry) = entries.next_entry().map_err(of_blob)? {
        let visited = visit(entry, &mut entries.content());
        if visited.map_err(of_blob)?.is_break() {
            return Ok(None);
        }
    }
    Ok(Some(tar.size()))
}

/// Reads the config and the statements of an attestation, and verifies their digests.
///
/// # Errors
/// One cannot be read or is not what its digest says, or the work is cancelled.
pub fn verify_attestation(
    attestation: &Attestation,
    cancellation: &Cancellation,
) -> Result<(), ReadErrorKind> {
    let verify = |blob: &Blob| {
        let mut reader = cancellation.reader(BlobReader::open(blob)?);
        let read = io::copy(&mut reader, &mut io::sink());
        read.map_err(|error| ReadErrorKind::of_blob(blob.descriptor.digest, error))?;
        Ok(())
    };
    let statements = attestation.statements.iter();
    statements.chain([&attestation.config]).try_for_each(verify)
}
