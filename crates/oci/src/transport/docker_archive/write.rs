//! Writes archives for `docker load`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom};

use camino::Utf8Path;

use super::manifest::ManifestItem;
use crate::cancellation::Cancellation;
use crate::image::{LayerBlob, MultiPlatformImage, PlatformImage};
use crate::tar;
use crate::transport::archive::{ReplacedFile, write_blob, write_file};
use crate::transport::blob::{LayerReader, copy_blob};
use crate::transport::error::{ReadErrorKind, WriteError};
use crate::transport::host::Host;
use crate::transport::reference::Reference;

/// The platform of an image that has one.
pub(in crate::transport) fn only_platform<'a>(
    destination: &Reference,
    image: &'a MultiPlatformImage,
) -> Result<&'a PlatformImage, WriteError> {
    match image.platforms.as_slice() {
        [one] => Ok(one),
        [] => Err(WriteError::image(ReadErrorKind::Empty)),
        several => {
            let platforms: Vec<String> = several
                .iter()
                .map(|one| format!("`{}`", one.platform))
                .collect();
            Err(WriteError::SeveralPlatforms {
                destination: destination.clone(),
                platforms: platforms.join(", "),
            })
        }
    }
}

/// Writes an image to a file; gives how many files it has.
pub(in crate::transport) fn write(
    path: &Utf8Path,
    image: &PlatformImage,
    names: &[String],
    host: &Host,
) -> Result<usize, WriteError> {
    let mut archive = ReplacedFile::new(path, host)?;
    let written = write_to(archive.file(), path, image, names, &host.cancellation)?;
    archive.commit()?;
    Ok(written)
}

/// As [`write()`], to an open and empty file, which is rewound afterwards.
pub(in crate::transport) fn write_to(
    file: &mut File,
    path: &Utf8Path,
    image: &PlatformImage,
    names: &[String],
    cancellation: &Cancellation,
) -> Result<usize, WriteError> {
    let unwritable = |error| WriteError::unwritable(path, error);
    let config = format!("{}.json", image.config.descriptor.digest.hex());
    let item = ManifestItem {
        config: config.clone(),
        repo_tags: Some(names.to_vec()).filter(|names| !names.is_empty()),
        layers: Some(image.layers.iter().map(layer_name).collect()),
    };
    let manifest = serde_json::to_vec(&[item]).expect("texts and lists are JSON");

    // Sorted: all names but that of the manifest start with a hex digit.
    let mut layers: BTreeMap<String, Option<&LayerBlob>> = image
        .layers
        .iter()
        .map(|layer| (layer_name(layer), Some(layer)))
        .collect();
    layers.insert(config, None);
    let mut out = BufWriter::with_capacity(1 << 16, file);
    for (name, layer) in &layers {
        match layer {
            Some(layer) => write_layer(&mut out, path, name, layer, cancellation)?,
            None => write_blob(&mut out, path, name, &image.config, cancellation)?,
        }
    }
    write_file(&mut out, "manifest.json", &manifest).map_err(unwritable)?;
    tar::write_end(&mut out).map_err(unwritable)?;
    out.rewind().map_err(unwritable)?;
    Ok(layers.len())
}

fn layer_name(layer: &LayerBlob) -> String {
    format!("{}.tar", layer.diff_id.hex())
}

/// Writes a layer without its compression. Its size is known once it is written: then the
/// header is written again.
fn write_layer(
    out: &mut BufWriter<&mut File>,
    path: &Utf8Path,
    name: &str,
    layer: &LayerBlob,
    cancellation: &Cancellation,
) -> Result<(), WriteError> {
    let unwritable = |error| WriteError::unwritable(path, error);
    let start = out.stream_position().map_err(unwritable)?;
    tar::write_file_header(out, name, 0o644, 0).map_err(unwritable)?;

    let tar = LayerReader::open(layer).map_err(WriteError::image)?;
    let size = copy_blob(cancellation.reader(tar), layer.blob.descriptor.digest, out)
        .map_err(|error| WriteError::of_copy(error, path))?;

    tar::write_padding(out, size).map_err(unwritable)?;
    let end = out.stream_position().map_err(unwritable)?;
    out.seek(SeekFrom::Start(start)).map_err(unwritable)?;
    tar::write_file_header(out, name, 0o644, size).map_err(unwritable)?;
    out.seek(SeekFrom::Start(end)).map_err(unwritable)?;
    Ok(())
}
