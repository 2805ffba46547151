//! Executables and a description to an image: the part that `build` and `pack` share.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::num::NonZeroUsize;
use std::thread;
use std::time::Instant;

use camino::{Utf8Path, Utf8PathBuf};

use super::packed::{Packed, PackedExecutable, PackedPlatform};
use super::shelf::{Progress, Shelf, ShelfError, Shelved};
use crate::cache::Cache;
use crate::image::assemble::{self, executable_path};
use crate::image::base;
use crate::image::compress::Compression;
use crate::image::description::Description;
use crate::image::elf::{ElfError, ElfFacts, Unfit};
use crate::image::entry::{Entry, EntryKind, FileBytes, MalformedPath};
use crate::image::layer::{Layer, LayerError};
use crate::image::platform::Platform;

/// A program for one platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executable {
    /// What it runs on.
    pub platform: Platform,
    /// Its name in the image, under `/usr/local/bin`.
    pub bin: String,
    /// The file.
    pub path: Utf8PathBuf,
}

/// All that the bytes of an image depend on, and how to make them.
#[derive(Clone)]
pub struct Ingredients<'a> {
    /// What the image says of itself.
    pub description: &'a Description,
    /// The `created` of the configs, RFC 3339.
    pub created: &'a str,
    /// For each platform of the description, each of its binaries.
    pub executables: &'a [Executable],
    /// Files of the package that go into the image.
    pub files: Vec<Entry>,
    /// How layers are compressed.
    pub compression: Compression,
    /// How many threads compress a layer; the bytes do not depend on it.
    pub threads: NonZeroUsize,
    /// Is told of compression as it goes on.
    pub progress: &'a dyn Progress,
}

/// Why an image could not be packed.
#[derive(Debug, thiserror::Error)]
pub enum PackingError {
    /// A platform lacks one of its binaries.
    #[error("no executable `{bin}` for `{platform}`; give one with `--executable {platform}=PATH`")]
    MissingExecutable {
        /// The platform.
        platform: Platform,
        /// The binary.
        bin: String,
    },
    /// An executable is for a platform or of a name that the image does not have.
    #[error(
        "`{path}` is `{bin}` for `{platform}`, which the image does not want; it wants {wanted}"
    )]
    UnwantedExecutable {
        /// The file.
        path: Utf8PathBuf,
        /// Its name in the image.
        bin: String,
        /// What it was given for.
        platform: Platform,
        /// The binaries and platforms of the description.
        wanted: String,
    },
    /// Two files want to be the same binary of the same platform.
    #[error("`{bin}` for `{platform}` was given twice")]
    GivenTwice {
        /// The binary.
        bin: String,
        /// The platform.
        platform: Platform,
    },
    /// An executable cannot be opened.
    #[error("cannot read `{path}`")]
    Unreadable {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// An executable is none.
    #[error("`{path}` cannot be packed: {source}")]
    NotElf {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: ElfError,
    },
    /// An executable would not run in the image.
    #[error("`{path}` cannot be packed: {source}")]
    Unfit {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: Unfit,
    },
    /// A path cannot stand in an image.
    #[error(transparent)]
    Path(#[from] MalformedPath),
    /// Entries that make no layer.
    #[error(transparent)]
    Layer(#[from] LayerError),
    /// An image is larger than the description allows.
    #[error(
        "the image for `{platform}` has {size} bytes compressed, more than the {max} of `max-size`; \
         raise `max-size` in `[package.metadata.muslin]` or make the executable smaller"
    )]
    TooLarge {
        /// The platform.
        platform: Platform,
        /// Its compressed size in bytes.
        size: u64,
        /// What is allowed, in bytes.
        max: u64,
    },
    /// A layer could not be made.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
}

/// Makes the image, its layers in the cache.
///
/// # Errors
/// What [`PackingError`] says; nothing but the cache was written then.
pub fn pack(ingredients: &Ingredients<'_>, cache: &Cache) -> Result<Packed, PackingError> {
    let started = Instant::now();
    let description = ingredients.description;
    let by_platform = sort_executables(description, ingredients.executables)?;

    let files = Layer::new(ingredients.files.clone())?;
    let shelf = Shelf {
        cache,
        compression: ingredients.compression,
        threads: ingredients.threads,
        progress: ingredients.progress,
    };
    // What all platforms share is made once, beside the rest of each.
    let (shared, made) = thread::scope(|scope| {
        let tasks: Vec<_> = by_platform
            .iter()
            .map(|(platform, executables)| {
                let shelf = &shelf;
                scope.spawn(move || executables_layer(shelf, *platform, executables))
            })
            .collect();
        let mut shared = vec![shelf.layer(&base::layer(), "muslin: users, CA certificates, /tmp")?];
        if !files.is_empty() {
            shared.push(shelf.layer(&files, "muslin: files of the package")?);
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
        let all: Vec<Shelved> = shared.iter().cloned().chain([executables]).collect();
        layers.insert(
            platform,
            all.iter().map(|shelved| shelved.made.clone()).collect(),
        );
        platforms.push((platform, packed_executables, all));
    }
    let image = assemble::assemble(description, ingredients.created, layers);
    let platforms: Vec<PackedPlatform> = platforms
        .into_iter()
        .zip(&image.platforms)
        .map(|((platform, executables, layers), image)| PackedPlatform {
            platform,
            manifest: image.manifest.descriptor.digest,
            config: image.config.descriptor.digest,
            executables,
            layers: layers.iter().map(Shelved::report).collect(),
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

/// The executables of each platform of the description, in the order of its
/// binaries: neither more nor fewer.
fn sort_executables<'a>(
    description: &'a Description,
    executables: &'a [Executable],
) -> Result<BTreeMap<Platform, Vec<&'a Executable>>, PackingError> {
    let mut given = BTreeMap::new();
    for executable in executables {
        let key = (executable.platform, executable.bin.as_str());
        if given.insert(key, executable).is_some() {
            return Err(PackingError::GivenTwice {
                bin: executable.bin.clone(),
                platform: executable.platform,
            });
        }
    }
    let mut sorted = BTreeMap::new();
    let platforms: BTreeSet<Platform> = description.platforms.iter().copied().collect();
    for platform in platforms {
        let of_bin = |bin: &'a String| {
            let missing = || PackingError::MissingExecutable {
                platform,
                bin: bin.clone(),
            };
            given.remove(&(platform, bin.as_str())).ok_or_else(missing)
        };
        let bins: Result<Vec<_>, _> = description.bins.iter().map(of_bin).collect();
        sorted.insert(platform, bins?);
    }
    if let Some(unwanted) = given.into_values().next() {
        let wanted = |bin| {
            description
                .platforms
                .iter()
                .map(move |platform| format!("`{bin}` for `{platform}`"))
        };
        let wanted: Vec<String> = description.bins.iter().flat_map(wanted).collect();
        return Err(PackingError::UnwantedExecutable {
            path: unwanted.path.clone(),
            bin: unwanted.bin.clone(),
            platform: unwanted.platform,
            wanted: wanted.join(", "),
        });
    }
    Ok(sorted)
}

fn executables_layer(
    shelf: &Shelf<'_>,
    platform: Platform,
    executables: &[&Executable],
) -> Result<(Vec<PackedExecutable>, Shelved), PackingError> {
    let mut entries = Vec::new();
    let mut packed = Vec::new();
    for executable in executables {
        let path = executable_path(&executable.bin);
        let (size, elf) = examine(&executable.path, platform)?;
        let kind = EntryKind::File {
            mode: 0o755,
            size,
            bytes: FileBytes::Disk(executable.path.clone()),
        };
        entries.push(Entry::new(&path, kind)?);
        packed.push(PackedExecutable { path, size, elf });
    }
    let layer = Layer::new(entries)?;
    Ok((packed, shelf.layer(&layer, "muslin: executables")?))
}

/// The size of an executable and what it says of itself, if it is fit for the platform.
fn examine(path: &Utf8Path, platform: Platform) -> Result<(u64, ElfFacts), PackingError> {
    let unreadable = |source| PackingError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(unreadable(io::ErrorKind::IsADirectory.into()));
    }
    let elf = ElfFacts::read(file).map_err(|source| PackingError::NotElf {
        path: path.to_owned(),
        source,
    })?;
    elf.fit_for(platform)
        .map_err(|source| PackingError::Unfit {
            path: path.to_owned(),
            source,
        })?;
    Ok((metadata.len(), elf))
}
