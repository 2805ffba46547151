//! Packs an image.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::thread;
use std::time::Instant;

use muslin_oci::cancellation::Cancellation;
use muslin_oci::codec::Compression;
use muslin_oci::layer::Layer;
use muslin_oci::tar::Entry;

use super::error::PackingError;
use super::executables::{Executable, executables_layer, sort_executables};
use super::layers::{BuiltLayer, LayerBuilder, Progress};
use super::report::{Packed, PackedPlatform};
use super::{assemble, base_layer};
use crate::cache::LayerCache;
use crate::package::description::Description;

/// What the bytes of an image depend on, and how they are made.
#[derive(Clone)]
pub struct PackInputs<'a> {
    /// The image's description: labels, user, environment and the like.
    pub description: &'a Description,
    /// The creation time in the configs, RFC 3339.
    pub created: &'a str,
    /// For each platform of the description, each of its binaries.
    pub executables: &'a [Executable],
    /// Files of the package that go into the image.
    pub files: Vec<Entry>,
    /// How layers are compressed.
    pub compression: Compression,
    /// The number of threads that compress a layer. The bytes do not depend on it.
    pub threads: NonZeroUsize,
    /// Receives the progress of compression.
    pub progress: &'a dyn Progress,
    /// Cancels packing.
    pub cancellation: &'a Cancellation,
}

/// Builds the layers, into the cache, and assembles the image.
///
/// # Errors
/// What [`PackingError`] says. Only the cache was written then.
pub fn pack(inputs: &PackInputs<'_>, cache: &LayerCache) -> Result<Packed, PackingError> {
    let started = Instant::now();
    let description = inputs.description;
    let by_platform = sort_executables(description, inputs.executables)?;

    let files = Layer::new(inputs.files.clone())?;
    let builder = LayerBuilder {
        cache,
        compression: inputs.compression,
        threads: inputs.threads,
        progress: inputs.progress,
        cancellation: inputs.cancellation,
    };
    // Layers that all platforms share are built once, in parallel with those of each platform.
    let (shared, made) = thread::scope(|scope| {
        let tasks: Vec<_> = by_platform
            .iter()
            .map(|(platform, executables)| {
                let builder = &builder;
                scope.spawn(move || executables_layer(builder, *platform, executables))
            })
            .collect();
        let mut shared =
            vec![builder.build(&base_layer::layer(), "muslin: users, CA certificates, /tmp")?];
        if !files.is_empty() {
            shared.push(builder.build(&files, "muslin: files of the package")?);
        }
        let join = |task: thread::ScopedJoinHandle<'_, Result<_, _>>| {
            task.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        let made: Result<Vec<_>, PackingError> = tasks.into_iter().map(join).collect();
        Ok::<_, PackingError>((shared, made?))
    })?;

    let mut layers = BTreeMap::new();
    let mut platforms = Vec::new();
    for (&platform, (packed_executables, executables)) in by_platform.keys().zip(made) {
        let all: Vec<BuiltLayer> = shared.iter().cloned().chain([executables]).collect();
        layers.insert(
            platform,
            all.iter().map(|built| built.made.clone()).collect(),
        );
        platforms.push((platform, packed_executables, all));
    }
    let image = assemble::assemble(description, inputs.created, layers);
    let platforms: Vec<PackedPlatform> = platforms
        .into_iter()
        .zip(&image.platforms)
        .map(|((platform, executables, layers), image)| PackedPlatform {
            platform,
            manifest: image.manifest.descriptor.digest,
            config: image.config.descriptor.digest,
            executables,
            layers: layers.iter().map(BuiltLayer::report).collect(),
            compressed_size: image.compressed_size(),
        })
        .collect();
    for packed in &platforms {
        if packed.compressed_size > description.max_size {
            return Err(PackingError::TooLarge {
                platform: packed.platform,
                size: packed.compressed_size,
                max: description.max_size,
            });
        }
    }
    Ok(Packed {
        image,
        platforms,
        took: started.elapsed(),
    })
}
