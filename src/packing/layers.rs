//! Builds layers, or takes them from the layer cache.

use std::io;
use std::num::NonZeroUsize;

use super::report::PackedLayer;
use crate::cache::{LayerCache, StoreError};
use crate::packing::assemble::MadeLayer;
use muslin_oci::cancellation::Cancellation;
use muslin_oci::codec::Compression;
use muslin_oci::image::{Blob, Content, LayerBlob};
use muslin_oci::layer::Layer;

/// Receives the progress of packing.
pub trait Progress: Sync {
    /// This many bytes of a layer's tar were compressed since the last call.
    fn compressed(&self, bytes: u64);
    /// A layer begins whose files have this many bytes.
    fn begins(&self, bytes: u64);
}

/// Ignores progress.
pub struct NoProgress;

impl Progress for NoProgress {
    fn compressed(&self, _: u64) {}
    fn begins(&self, _: u64) {}
}

/// Why a layer could not be built.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum BuildLayerError {
    #[error("cannot read the content of a layer")]
    Hash(#[source] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Builds layers that the cache does not hold.
pub(super) struct LayerBuilder<'a> {
    pub(super) cache: &'a LayerCache,
    pub(super) compression: Compression,
    pub(super) threads: NonZeroUsize,
    pub(super) progress: &'a dyn Progress,
    pub(super) cancellation: &'a Cancellation,
}

/// A layer whose blob is in the cache.
#[derive(Clone)]
pub(super) struct BuiltLayer {
    pub(super) made: MadeLayer,
    cached: bool,
}

impl LayerBuilder<'_> {
    /// Takes the layer from the cache, or builds it and keeps it there.
    ///
    /// # Errors
    /// A file of the layer cannot be read, the cache cannot be written, or the work is
    /// cancelled.
    pub(super) fn build(
        &self,
        layer: &Layer,
        created_by: &'static str,
    ) -> Result<BuiltLayer, BuildLayerError> {
        let recipe = self.compression.recipe();
        let size = layer.size();
        let known = if self.cache.may_have_layer(&recipe, size) {
            let diff_id = layer
                .diff_id_with_progress(&|_| self.check())
                .map_err(BuildLayerError::Hash)?;
            let media_type = self.compression.media_type();
            let found = self
                .cache
                .layer(&recipe, media_type, size, diff_id, self.cancellation);
            found.map(|(descriptor, path)| (descriptor, diff_id, path))
        } else {
            None
        };
        let cached = known.is_some();
        let (descriptor, diff_id, path) = if let Some(known) = known {
            known
        } else {
            self.progress.begins(size);
            let tell = |bytes| {
                self.progress.compressed(bytes);
                self.check()
            };
            self.cache.store_layer(&recipe, size, |file| {
                layer.write_with_progress(self.compression, self.threads, file, &tell)
            })?
        };
        let blob = Blob {
            descriptor,
            content: Content::File(path),
        };
        let layer = LayerBlob { blob, diff_id };
        Ok(BuiltLayer {
            made: MadeLayer { layer, created_by },
            cached,
        })
    }

    fn check(&self) -> io::Result<()> {
        Ok(self.cancellation.check()?)
    }
}

impl BuiltLayer {
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
