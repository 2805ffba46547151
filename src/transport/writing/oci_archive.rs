//! `oci-archive:FILE[:TAG]`: an image layout in a tar, the same bytes for the same image.

use std::collections::BTreeMap;
use std::io::BufWriter;

use camino::Utf8Path;

use super::{LAYOUT_FILE, WriteError, copy_blob, layout_entries, replace};
use crate::image::manifest::Index;
use crate::image::media_type;
use crate::image::multi_platform::{Blob, MultiPlatformImage};
use crate::image::tar;

pub(super) fn write(
    path: &Utf8Path,
    names: &[String],
    image: &MultiPlatformImage,
) -> Result<(), WriteError> {
    let index = Index {
        schema_version: 2,
        media_type: Some(media_type::INDEX.to_owned()),
        manifests: layout_entries(image, names),
        annotations: BTreeMap::new(),
    };
    let mut files: BTreeMap<String, Blob> = image
        .blobs()
        .map(|blob| {
            (
                format!("blobs/sha256/{}", blob.descriptor.digest.hex()),
                blob.clone(),
            )
        })
        .collect();
    files.insert(
        "index.json".to_owned(),
        Blob::json(media_type::INDEX, &index),
    );
    let layout = LAYOUT_FILE.as_bytes().to_vec();
    files.insert(
        "oci-layout".to_owned(),
        Blob::of("application/json", layout),
    );
    replace(path, |file| {
        write_files(path, BufWriter::with_capacity(1 << 18, file), &files)
    })
}

/// Writes files into a tar, in the order of their names.
pub(super) fn write_files(
    path: &Utf8Path,
    mut out: impl std::io::Write,
    files: &BTreeMap<String, Blob>,
) -> Result<(), WriteError> {
    let unwritable = |source| WriteError::Write {
        path: path.to_owned(),
        source,
    };
    for (name, blob) in files {
        let size = blob.descriptor.size;
        tar::write_file_header(&mut out, name, 0o644, size).map_err(unwritable)?;
        copy_blob(blob, &mut out).map_err(|error| error.at(path, blob.descriptor.digest))?;
        tar::write_padding(&mut out, size).map_err(unwritable)?;
    }
    tar::write_end(&mut out).map_err(unwritable)?;
    out.flush().map_err(unwritable)
}
