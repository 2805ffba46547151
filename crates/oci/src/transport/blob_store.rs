//! Finds the blobs of a layout or an archive by digest.

use std::collections::BTreeMap;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::error::ReadErrorKind;
use crate::digest::Digest;
use crate::image::Content;

/// Blobs by digest.
#[derive(Debug)]
pub(super) enum BlobStore {
    /// The folder of an image layout.
    Layout(Utf8PathBuf),
    /// Parts of an archive, and their sizes in bytes.
    Archive(BTreeMap<Digest, (Content, u64)>),
}

/// The path of a blob in an image layout (image-layout.md, "Blobs").
pub(super) fn blob_path(layout: &Utf8Path, digest: Digest) -> Utf8PathBuf {
    layout.join("blobs/sha256").join(digest.hex())
}

impl BlobStore {
    /// The place of a blob and its true size in bytes, if it is there. Its content is not
    /// verified.
    pub(super) fn find(&self, digest: Digest) -> Result<Option<(Content, u64)>, ReadErrorKind> {
        match self {
            Self::Layout(layout) => {
                let path = blob_path(layout, digest);
                match path.metadata() {
                    Ok(metadata) if metadata.is_file() => {
                        Ok(Some((Content::File(path), metadata.len())))
                    }
                    Ok(_) => Err(ReadErrorKind::NotAFile(path)),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(ReadErrorKind::unreadable(path, error)),
                }
            }
            Self::Archive(blobs) => Ok(blobs.get(&digest).cloned()),
        }
    }
}
