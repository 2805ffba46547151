//! Finds the blobs of a layout or an archive by digest.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::error::ReadErrorKind;
use crate::digest::Digest;
use crate::image::Content;

/// Where the blobs of an image layout are, in its folder.
pub(super) const BLOBS: &str = "blobs/sha256";

/// Blobs by digest.
#[derive(Debug)]
pub(super) enum BlobStore {
    /// An image layout.
    Layout {
        /// Its folder.
        path: Utf8PathBuf,
        /// What keeps its blobs from being removed.
        _lock: Option<File>,
    },
    /// Parts of an archive, and their sizes in bytes.
    Archive(BTreeMap<Digest, (Content, u64)>),
}

/// The path of a blob in an image layout (image-layout.md, "Blobs").
pub(super) fn blob_path(layout: &Utf8Path, digest: Digest) -> Utf8PathBuf {
    layout.join(BLOBS).join(digest.hex())
}

impl BlobStore {
    /// The place of a blob and its true size in bytes, if it is there. Its content is not
    /// verified.
    pub(super) fn find(&self, digest: Digest) -> Result<Option<(Content, u64)>, ReadErrorKind> {
        match self {
            Self::Layout { path, .. } => {
                let path = blob_path(path, digest);
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
