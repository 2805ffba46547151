//! Finds the blobs of a layout or an archive by digest.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::ReadErrorKind;
use super::regular_file::open_regular_in;
use crate::descriptor::Descriptor;
use crate::digest::Digest;
use crate::folder::Folder;
use crate::image::Content;
use crate::remote::RemoteRepository;

/// Where the blobs of an image layout are, in its folder.
pub(super) const BLOBS: &str = "blobs/sha256";

/// Blobs by digest.
#[derive(Debug)]
pub(super) enum BlobStore {
    /// An image layout.
    Layout {
        /// The folder of its blobs, if there is one.
        blobs: Option<Folder>,
        /// What keeps its blobs from being removed.
        _lock: Option<Folder>,
    },
    /// Parts of an archive, and their sizes in bytes.
    Archive(BTreeMap<Digest, (Content, u64)>),
    /// A repository of a registry.
    Remote(Arc<dyn RemoteRepository>),
}

impl BlobStore {
    /// The place of a blob and its true size in bytes, if it is there. Its content is not
    /// verified. Of a blob in a registry, neither is known before it is read.
    pub(super) fn find(
        &self,
        descriptor: &Descriptor,
    ) -> Result<Option<(Content, u64)>, ReadErrorKind> {
        let digest = descriptor.digest;
        match self {
            Self::Remote(repository) => {
                let content = Content::Remote(Arc::clone(repository));
                Ok(Some((content, descriptor.size)))
            }
            Self::Layout { blobs: None, .. } => Ok(None),
            Self::Layout {
                blobs: Some(folder),
                ..
            } => {
                let name = digest.hex();
                let file = match open_regular_in(folder, &name) {
                    Ok(file) => file,
                    Err(ReadErrorKind::NoFile(_)) => return Ok(None),
                    Err(error) => return Err(error),
                };
                let size = file.metadata().map(|metadata| metadata.len());
                let size = size
                    .map_err(|error| ReadErrorKind::unreadable(folder.path().join(&name), error))?;
                let folder = folder.clone();
                Ok(Some((Content::InFolder { folder, name }, size)))
            }
            Self::Archive(blobs) => Ok(blobs.get(&digest).cloned()),
        }
    }
}
