//! `docker-archive:FILE[:NAME:TAG]`: what `docker load` and `podman load` read.
//!
//! There is no index in it, so it holds one platform; its layers are uncompressed,
//! as `docker save` writes them; the config and the diff IDs are those of the image.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};

use camino::Utf8Path;
use serde::Serialize;

use super::{WriteError, copy};
use crate::image::digest::{Digest, HashingWriter};
use crate::image::media_type;
use crate::image::multi_platform::{Content, LayerBlob, MultiPlatformImage, PlatformImage};
use crate::image::reference::Reference;
use crate::image::tar;

/// `manifest.json`: a list of images (Docker image specification v1.2).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    config: String,
    repo_tags: Vec<String>,
    layers: Vec<String>,
}

/// The image of the only platform.
pub(super) fn only_platform<'a>(
    image: &'a MultiPlatformImage,
    destination: &Reference,
) -> Result<&'a PlatformImage, WriteError> {
    match image.platforms.as_slice() {
        [only] => Ok(only),
        several => Err(WriteError::OnePlatform {
            destination: destination.to_string(),
            platforms: several
                .iter()
                .map(|image| format!("`{}`", image.platform))
                .collect::<Vec<_>>()
                .join(", "),
        }),
    }
}

/// Writes the archive, in one pass: layers are measured before they are written.
pub(super) fn write(
    out: &mut impl Write,
    image: &PlatformImage,
    names: &[String],
) -> Result<(), WriteError> {
    let here = Utf8Path::new("docker archive");
    let unwritable = |source| WriteError::Write {
        path: here.to_owned(),
        source,
    };
    let mut out = BufWriter::with_capacity(1 << 18, out);
    let layer_name = |layer: &LayerBlob| format!("{}.tar", layer.diff_id.hex());
    let mut written = BTreeSet::new();
    for layer in &image.layers {
        if !written.insert(layer.diff_id) {
            continue;
        }
        let mut hasher = HashingWriter::new(io::sink());
        unpack(layer, &mut hasher)?;
        let (_, found, size) = hasher.finish();
        if found != layer.diff_id {
            return Err(WriteError::Changed {
                wanted: layer.diff_id,
                found,
            });
        }
        tar::write_file_header(&mut out, &layer_name(layer), 0o644, size).map_err(unwritable)?;
        unpack(layer, &mut out)?;
        tar::write_padding(&mut out, size).map_err(unwritable)?;
    }
    let Content::Bytes(config) = &image.config.content else {
        return Err(unwritable(io::Error::other("the config is not in memory")));
    };
    let config_name = format!("{}.json", Digest::of(config).hex());
    let manifest = [Entry {
        config: config_name.clone(),
        repo_tags: names.to_vec(),
        layers: image.layers.iter().map(layer_name).collect(),
    }];
    let manifest = serde_json::to_vec(&manifest).expect("a list of text is JSON");
    for (name, bytes) in [(config_name.as_str(), config), ("manifest.json", &manifest)] {
        let size = bytes.len() as u64;
        tar::write_file_header(&mut out, name, 0o644, size).map_err(unwritable)?;
        tar::write_content(&mut out, size, bytes.as_slice()).map_err(unwritable)?;
    }
    tar::write_end(&mut out).map_err(unwritable)?;
    out.flush().map_err(unwritable)
}

/// Writes the uncompressed tar of a layer.
fn unpack(layer: &LayerBlob, out: &mut impl Write) -> Result<(), WriteError> {
    let here = match &layer.blob.content {
        Content::File(path) => path.clone(),
        Content::Bytes(_) => "layer".into(),
    };
    let unreadable = |source| WriteError::Write {
        path: here.clone(),
        source,
    };
    let packed: Box<dyn Read> = match &layer.blob.content {
        Content::File(path) => Box::new(File::open(path).map_err(unreadable)?),
        Content::Bytes(bytes) => Box::new(bytes.as_slice()),
    };
    let mut tar: Box<dyn Read> = match layer.blob.descriptor.media_type.as_str() {
        media_type::LAYER_GZIP | media_type::DOCKER_LAYER_GZIP => {
            Box::new(flate2::read::MultiGzDecoder::new(packed))
        }
        media_type::LAYER_TAR | media_type::DOCKER_LAYER_TAR => packed,
        #[cfg(feature = "build")]
        media_type::LAYER_ZSTD => Box::new(zstd::Decoder::new(packed).map_err(unreadable)?),
        other => return Err(WriteError::LayerType(other.to_owned())),
    };
    copy(&mut tar, out).map_err(unreadable)
}
