//! Writing what `docker load` reads.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom};

use camino::Utf8Path;

use super::archive_file::ArchiveFile;
use super::blob_reader::open_layer;
use super::docker_manifest::Item;
use super::fault::Fault;
use super::oci_archive::{write_blob, write_bytes};
use super::write::{WriteError, unwritable};
use super::write_blob::copy_blob;
use crate::image::digest::HashingWriter;
use crate::image::multi_platform::{LayerBlob, MultiPlatformImage, PlatformImage};
use crate::image::reference::Reference;
use crate::image::tar;

/// The one platform of an image that is to go where there is room for one.
pub(super) fn only_platform<'a>(
    destination: &Reference,
    image: &'a MultiPlatformImage,
) -> Result<&'a PlatformImage, WriteError> {
    match image.platforms.as_slice() {
        [one] => Ok(one),
        [] => Err(WriteError::Image(Box::new(Fault::Empty))),
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

/// Writes an image to a file; how many files it has.
pub(super) fn write(
    path: &Utf8Path,
    image: &PlatformImage,
    names: &[String],
) -> Result<usize, WriteError> {
    let mut archive = ArchiveFile::new(path)?;
    match write_to(&mut archive.file, path, image, names) {
        Ok(written) => archive.commit().map(|()| written),
        Err(error) => Err(archive.give_up(error)),
    }
}

/// As [`write()`], to a file that is open and empty; it stands at its start afterwards.
pub(super) fn write_to(
    file: &mut File,
    path: &Utf8Path,
    image: &PlatformImage,
    names: &[String],
) -> Result<usize, WriteError> {
    let unwritable = |error| unwritable(path, error);
    let config = format!("{}.json", image.config.descriptor.digest.hex());
    let item = Item {
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
            Some(layer) => write_layer(&mut out, path, name, layer)?,
            None => write_blob(&mut out, path, name, &image.config)?,
        }
    }
    write_bytes(&mut out, "manifest.json", &manifest).map_err(unwritable)?;
    tar::write_end(&mut out).map_err(unwritable)?;
    out.rewind().map_err(unwritable)?;
    Ok(layers.len())
}

fn layer_name(layer: &LayerBlob) -> String {
    format!("{}.tar", layer.diff_id.hex())
}

/// A layer without its compression. Its size is known when it is written: then the header
/// is written again.
fn write_layer(
    out: &mut BufWriter<&mut File>,
    path: &Utf8Path,
    name: &str,
    layer: &LayerBlob,
) -> Result<(), WriteError> {
    let unwritable = |error| unwritable(path, error);
    let damaged = |fault| WriteError::Image(Box::new(fault));
    let digest = layer.blob.descriptor.digest;
    let start = out.stream_position().map_err(unwritable)?;
    tar::write_file_header(out, name, 0o644, 0).map_err(unwritable)?;

    let plain = open_layer(layer).map_err(damaged)?;
    let mut hasher = HashingWriter::new(&mut *out);
    copy_blob(plain, digest, path, &mut hasher)?;
    let (_, found, size) = hasher.finish();
    if found != layer.diff_id {
        return Err(damaged(Fault::WrongDiffId {
            layer: digest,
            claimed: layer.diff_id,
            found,
        }));
    }

    tar::write_padding(out, size).map_err(unwritable)?;
    let end = out.stream_position().map_err(unwritable)?;
    out.seek(SeekFrom::Start(start)).map_err(unwritable)?;
    tar::write_file_header(out, name, 0o644, size).map_err(unwritable)?;
    out.seek(SeekFrom::Start(end)).map_err(unwritable)?;
    Ok(())
}
