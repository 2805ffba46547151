//! `muslin inspect`: reads a whole image, verifies it and reports its content.

mod report;

use std::collections::BTreeMap;
use std::io::{self, Read, Seek as _, Write as _};
use std::ops::ControlFlow;
use std::sync::Arc;

use muslin_oci::annotation;
use muslin_oci::config::ImageConfig;
use muslin_oci::copy::copy;
use muslin_oci::digest::Digest;
use muslin_oci::image::{Attestation, Blob, Content, LayerBlob, PlatformImage};
use muslin_oci::tar::{TarEntry, TarKind};
use muslin_oci::transport::reference::{PinnedReference, Reference};
use muslin_oci::transport::{self, Host, ReadError, ReadErrorKind};

use crate::elf::ElfFacts;
pub use report::{
    InspectReport, InspectedExecutable, InspectedFile, InspectedLayer, InspectedPlatform,
    InspectedStatement,
};

/// The most executables of a layer whose ELF headers are read.
const MAX_EXECUTABLES: usize = 64;
/// The largest file whose ELF headers are read, in bytes.
const MAX_EXECUTABLE: u64 = 2 << 30;

/// Why an image could not be inspected.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum InspectError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("`{reference}` holds the image `{found}`, not `{wanted}`")]
    OtherDigest {
        reference: Reference,
        wanted: Digest,
        found: Digest,
    },
    #[error("the config `{config}` of `{reference}` cannot be read")]
    Config {
        reference: Reference,
        config: Digest,
        source: serde_json::Error,
    },
    #[error(
        "`{reference}` has more files and executables than a report of {} MiB can list",
        .limit >> 20
    )]
    TooMuchToReport { reference: Reference, limit: usize },
}

/// How much is read and reported of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detail {
    /// Whether the files of every layer are listed, and not executables alone.
    pub files: bool,
    /// Whether the layers of an image in a registry are read; of other images they always are.
    pub layers: bool,
    /// The most bytes that the report may hold: its texts, and a fixed amount for each file.
    pub limit: usize,
}

/// Reads an image and all of its layers, and verifies every digest. Of an image in a registry,
/// layers are read only if that is asked for.
///
/// # Errors
/// What [`InspectError`] says.
pub fn inspect(
    pinned: &PinnedReference,
    detail: Detail,
    host: &Host,
) -> Result<InspectReport, InspectError> {
    let reference = &pinned.reference;
    let source = transport::open(reference, host)?;
    let by_digest = source
        .entries()
        .iter()
        .find(|entry| Some(entry.descriptor.digest) == pinned.digest);
    let image = match by_digest {
        Some(entry) => source.image_of(entry)?,
        None => source.image()?,
    };
    if let Some(wanted) = pinned.digest
        && by_digest.is_none()
        && !image.blobs().any(|blob| blob.descriptor.digest == wanted)
    {
        return Err(InspectError::OtherDigest {
            reference: reference.clone(),
            wanted,
            found: image.index.descriptor.digest,
        });
    }
    let reads_layers = detail.layers || !matches!(reference, Reference::Registry(_));
    let mut inspector = Inspector {
        reference,
        reads_layers,
        host,
        detail,
        left: detail.limit,
        // Platforms share layers: each is read once.
        seen: BTreeMap::new(),
    };
    let mut report = InspectReport {
        reference: reference.clone(),
        digest: image.index.descriptor.digest,
        layers_read: reads_layers,
        platforms: Vec::new(),
        other_attestations: Vec::new(),
    };
    for platform in &image.platforms {
        report.platforms.push(inspector.platform(platform)?);
    }
    for attestation in &image.attestations {
        let statements = inspector.statements(attestation)?;
        let mut platforms = report.platforms.iter_mut();
        match platforms.find(|platform| platform.manifest == attestation.subject) {
            Some(platform) => platform.attestations.extend(statements),
            None => report.other_attestations.extend(statements),
        }
    }
    Ok(report)
}

struct Inspector<'a> {
    reference: &'a Reference,
    host: &'a Host,
    reads_layers: bool,
    detail: Detail,
    /// The bytes that the report may still get.
    left: usize,
    /// Layers by blob digest and diff ID: each config claims its own.
    seen: BTreeMap<(Digest, Digest), (InspectedLayer, Vec<InspectedExecutable>)>,
}

impl Inspector<'_> {
    fn platform(&mut self, image: &PlatformImage) -> Result<InspectedPlatform, InspectError> {
        let config = match &image.config.content {
            Content::Bytes(bytes) => bytes.as_slice(),
            _ => &[],
        };
        let config: ImageConfig =
            serde_json::from_slice(config).map_err(|source| InspectError::Config {
                reference: self.reference.clone(),
                config: image.config.descriptor.digest,
                source,
            })?;
        let mut made_by = config
            .history
            .iter()
            .filter(|history| history.empty_layer != Some(true))
            .map(|history| history.created_by.clone());
        let mut layers = Vec::new();
        let mut executables: BTreeMap<String, InspectedExecutable> = BTreeMap::new();
        for layer in &image.layers {
            let key = (layer.blob.descriptor.digest, layer.diff_id);
            if !self.seen.contains_key(&key) {
                let read = self.layer(layer)?;
                self.seen.insert(key, read);
            }
            let (inspected, programs) = &self.seen[&key];
            let size = inspected.files.iter().map(file_size).sum::<usize>()
                + programs.iter().map(executable_size).sum::<usize>();
            self.charge(size)?;
            let (mut inspected, programs) = self.seen[&key].clone();
            inspected.created_by = made_by.next().flatten();
            layers.push(inspected);
            // A layer hides what is at the same place below it.
            executables.extend(
                programs
                    .into_iter()
                    .map(|program| (program.path.clone(), program)),
            );
        }
        Ok(InspectedPlatform {
            platform: image.platform.to_string(),
            manifest: image.manifest.descriptor.digest,
            config: image.config.descriptor.digest,
            created: config.created,
            execution: config.config,
            layers,
            executables: executables.into_values().collect(),
            compressed_size: image.compressed_size(),
            attestations: Vec::new(),
        })
    }

    fn layer(
        &mut self,
        layer: &LayerBlob,
    ) -> Result<(InspectedLayer, Vec<InspectedExecutable>), InspectError> {
        let descriptor = &layer.blob.descriptor;
        let inspected = |uncompressed_size, files| InspectedLayer {
            digest: descriptor.digest,
            media_type: descriptor.media_type.clone(),
            size: descriptor.size,
            diff_id: layer.diff_id,
            uncompressed_size,
            created_by: None,
            files: Arc::new(files),
        };
        if !self.reads_layers {
            return Ok((inspected(None, Vec::new()), Vec::new()));
        }
        let mut files = Vec::new();
        let mut executables = Vec::new();
        let mut held = 0;
        let visit = |entry: TarEntry, content: &mut dyn Read| {
            let runs = entry.kind == TarKind::File
                && entry.mode & 0o111 != 0
                && entry.size <= MAX_EXECUTABLE
                && executables.len() < MAX_EXECUTABLES;
            if runs {
                let executable = self.elf(content)?.map(|elf| InspectedExecutable {
                    path: format!("/{}", entry.path.trim_start_matches(['.', '/'])),
                    size: entry.size,
                    is_static: elf.is_static(),
                    elf,
                });
                held += executable.as_ref().map_or(0, executable_size);
                executables.extend(executable);
            }
            if self.detail.files {
                let file = InspectedFile::from(entry);
                held += file_size(&file);
                files.push(file);
            }
            Ok(if held > self.left {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        };
        let size = transport::verify_layer(layer, &self.host.cancellation, visit)
            .map_err(|kind| self.unreadable(kind))?;
        let uncompressed_size = size.ok_or_else(|| self.too_much())?;
        Ok((inspected(Some(uncompressed_size), files), executables))
    }

    fn statements(
        &mut self,
        attestation: &Attestation,
    ) -> Result<Vec<InspectedStatement>, InspectError> {
        if self.reads_layers {
            transport::verify_attestation(attestation, &self.host.cancellation)
                .map_err(|kind| self.unreadable(kind))?;
        }
        let statement = |blob: &Blob| InspectedStatement {
            predicate_type: blob
                .descriptor
                .annotations
                .get(annotation::PREDICATE_TYPE)
                .cloned(),
            media_type: blob.descriptor.media_type.clone(),
            digest: blob.descriptor.digest,
            size: blob.descriptor.size,
        };
        let statements: Vec<_> = attestation.statements.iter().map(statement).collect();
        self.charge(statements.iter().map(statement_size).sum())?;
        Ok(statements)
    }

    fn unreadable(&self, kind: ReadErrorKind) -> InspectError {
        InspectError::Read(ReadError {
            reference: self.reference.clone(),
            kind: Box::new(kind),
        })
    }

    /// Takes what a part of the report holds from the bytes that are left for it.
    fn charge(&mut self, size: usize) -> Result<(), InspectError> {
        let left = self.left.checked_sub(size);
        self.left = left.ok_or_else(|| self.too_much())?;
        Ok(())
    }

    fn too_much(&self) -> InspectError {
        InspectError::TooMuchToReport {
            reference: self.reference.clone(),
            limit: self.detail.limit,
        }
    }

    /// The ELF facts of a file, if it is ELF. It is copied to a temporary file, because its
    /// headers are at both ends.
    fn elf(&self, mut content: impl Read) -> io::Result<Option<ElfFacts>> {
        let mut start = Vec::new();
        (&mut content).take(4).read_to_end(&mut start)?;
        if start != *b"\x7fELF" {
            return Ok(None);
        }
        let mut file = tempfile::tempfile_in(&self.host.temporary)?;
        file.write_all(&start)?;
        copy(&mut content, &mut file)?;
        file.rewind()?;
        Ok(ElfFacts::read(file).ok())
    }
}

/// The bytes that a file takes in a report.
fn file_size(file: &InspectedFile) -> usize {
    let target = file.target.as_ref().map_or(0, String::len);
    size_of::<InspectedFile>() + file.path.len() + target
}

/// The bytes that a statement takes in a report.
fn statement_size(statement: &InspectedStatement) -> usize {
    let predicate_type = statement.predicate_type.as_ref().map_or(0, String::len);
    size_of::<InspectedStatement>() + statement.media_type.len() + predicate_type
}

/// The bytes that an executable takes in a report.
fn executable_size(executable: &InspectedExecutable) -> usize {
    let elf = &executable.elf;
    let texts = elf
        .needed
        .iter()
        .map(|name| size_of::<String>() + name.len());
    let crates = elf.crates.iter().flatten();
    let crates = crates.map(|one| size_of_val(one) + one.name.len() + one.version.len());
    size_of::<InspectedExecutable>()
        + executable.path.len()
        + elf.interpreter.as_ref().map_or(0, String::len)
        + texts.sum::<usize>()
        + crates.sum::<usize>()
}

#[cfg(test)]
#[path = "inspect_tests.rs"]
mod tests;
