//! Layers that the cache holds, or that are made for it.

use std::io;
use std::num::NonZeroUsize;

use super::packed::PackedLayer;
use crate::cache::{Cache, StoreError};
use crate::image::assemble::MadeLayer;
use crate::image::compress::Compression;
use crate::image::layer::Layer;
use crate::image::multi_platform::{Blob, Content, LayerBlob};

/// Is told how far packing is.
pub trait Progress: Sync {
    /// So many bytes of a layer's tar were taken up since it was last told.
    fn compressed(&self, bytes: u64);
    /// A layer begins whose files have so many bytes.
    fn begins(&self, bytes: u64);
}

/// Tells nobody.
pub struct NoProgress;

impl Progress for NoProgress {
    fn compressed(&self, _: u64) {}
    fn begins(&self, _: u64) {}
}

/// Why a layer could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// A file could not be read while its layer was hashed.
    #[error("cannot read the content of a layer")]
    Hash(#[source] io::Error),
    /// A layer could not be made.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes layers, or takes them from the cache.
pub(super) struct Shelf<'a> {
    pub(super) cache: &'a Cache,
    pub(super) compression: Compression,
    pub(super) threads: NonZeroUsize,
    pub(super) progress: &'a dyn Progress,
}

/// A layer in the cache.
#[derive(Clone)]
pub(super) struct Shelved {
    pub(super) made: MadeLayer,
    cached: bool,
}

impl Shelf<'_> {
    /// The layer, and whether it was made before.
    ///
    /// # Errors
    /// A file of it cannot be read, or the cache not be written.
    pub(super) fn layer(
        &self,
        layer: &Layer,
        created_by: &'static str,
    ) -> Result<Shelved, ShelfError> {
        let recipe = self.compression.recipe();
        let size = layer.size();
        let known = if self.cache.may_have_layer(recipe, size) {
            let diff_id = layer.diff_id().map_err(ShelfError::Hash)?;
            let found = self.cache.layer(recipe, size, diff_id);
            found.map(|(descriptor, path)| (descriptor, diff_id, path))
        } else {
            None
        };
        let cached = known.is_some();
        let (descriptor, diff_id, path) = if let Some(known) = known {
            known
        } else {
            self.progress.begins(size);
            let tell = |bytes| self.progress.compressed(bytes);
            self.cache.store_layer(recipe, size, |file| {
                layer.write_and_tell(self.compression, self.threads, file, &tell)
            })?
        };
        let blob = Blob {
            descriptor,
            content: Content::File(path),
        };
        let layer = LayerBlob { blob, diff_id };
        Ok(Shelved {
            made: MadeLayer { layer, created_by },
            cached,
        })
    }
}

impl Shelved {
    pub(super) fn report(&self) -> PackedLayer {
        let LayerBlob { blob, diff_id } = &self.made.layer;
        PackedLayer {
            created_by: self.made.created_by,
            digest: blob.descriptor.digest,
            diff_id: *diff_id,
            size: blob.descriptor.size,
            cached: self.cached,
        }
    }
}
