//! Where the blobs of a source are.

use std::collections::BTreeMap;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::fault::Fault;
use crate::image::digest::Digest;
use crate::image::multi_platform::Content;

/// Blobs by digest.
#[derive(Debug)]
pub(super) enum Store {
    /// The folder of a layout.
    Folder(Utf8PathBuf),
    /// Parts of an archive, and their sizes in bytes.
    Archive(BTreeMap<Digest, (Content, u64)>),
}

/// Where a layout keeps a blob.
pub(super) fn blob_path(layout: &Utf8Path, digest: Digest) -> Utf8PathBuf {
    layout.join("blobs/sha256").join(digest.hex())
}

impl Store {
    /// The place and the true size of a blob, if there is one; its content is not checked.
    pub(super) fn find(&self, digest: Digest) -> Result<Option<(Content, u64)>, Fault> {
        match self {
            Self::Folder(layout) => {
                let path = blob_path(layout, digest);
                match path.metadata() {
                    Ok(metadata) if metadata.is_file() => {
                        Ok(Some((Content::File(path), metadata.len())))
                    }
                    Ok(_) => Err(Fault::NotAFile(path)),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(Fault::unreadable(path, error)),
                }
            }
            Self::Archive(blobs) => Ok(blobs.get(&digest).cloned()),
        }
    }
}
