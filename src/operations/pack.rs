//! `muslin pack`: executables that were built elsewhere to images.

use std::num::NonZeroUsize;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use super::destinations::{self, Written};
use crate::cache::{CacheError, LayerCache};
use crate::package::describe::{self, DescribeError, Described};
use crate::package::description::Description;
use crate::package::files::{self, FilesError};
use crate::package::find::{self, LocateError, Selection};
use crate::package::labels::Origin;
use crate::package::manifest::Package;
use crate::package::overrides::Overrides;
use crate::packing::layers::Progress;
use crate::packing::report::PackedPlatform;
use crate::packing::{Executable, PackingError, pack as packing};
use crate::platform::TargetPlatform;
use muslin_oci::codec::Compression;
use muslin_oci::digest::Digest;
use muslin_oci::transport::reference::Reference;
use muslin_oci::transport::{Host, WriteError};

/// How an image is made and where it goes: what `build` and `pack` share.
#[derive(Clone, Debug)]
pub struct Output {
    /// The `created` of the configs, RFC 3339.
    pub created: String,
    /// How layers are compressed.
    pub compression: Compression,
    /// How many threads compress a layer; the bytes do not depend on it.
    pub threads: NonZeroUsize,
    /// Where layers, tools and standard libraries are kept.
    pub cache_dir: Utf8PathBuf,
    /// Where the image goes; empty for the layout below the target folder.
    pub destinations: Vec<Reference>,
    /// How images are written to this machine.
    pub host: Host,
}

/// What to pack.
#[derive(Clone, Debug)]
pub struct PackRequest {
    /// The current folder.
    pub cwd: Utf8PathBuf,
    /// The package that describes the image.
    pub selection: Selection,
    /// What is said in the place of its table.
    pub overrides: Overrides,
    /// The executables, each with its platform.
    pub executables: Vec<(TargetPlatform, Utf8PathBuf)>,
    /// How and where to.
    pub output: Output,
}

/// What was packed.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "mcp", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct PackReport {
    /// The digest of the index: names the image with all its platforms.
    pub digest: Digest,
    /// The name of the image.
    pub name: String,
    /// The version in its labels, and where it comes from.
    pub version: Option<(String, Origin)>,
    /// The revision in its labels, and where it comes from.
    pub revision: Option<(String, Origin)>,
    /// The image of each platform.
    pub platforms: Vec<PackedPlatform>,
    /// Where it went.
    pub written: Vec<Written>,
    /// Seconds that each step took.
    pub steps: Vec<Step>,
}

/// A step and how long it took.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "mcp", derive(schemars::JsonSchema))]
pub struct Step {
    /// What was done.
    pub name: &'static str,
    /// Seconds.
    pub seconds: f64,
}

impl Step {
    /// A step that took so long.
    #[must_use]
    pub fn new(name: &'static str, took: Duration) -> Self {
        Self {
            name,
            seconds: took.as_secs_f64(),
        }
    }
}

/// Why nothing was packed.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum PackError {
    #[error(transparent)]
    Locate(#[from] LocateError),
    #[error(transparent)]
    Describe(#[from] DescribeError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Cache(#[from] CacheError),
    #[error(transparent)]
    Packing(#[from] PackingError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("nothing to pack; give each executable as `--executable linux/amd64=PATH`")]
    NoExecutables,
    #[error("`{0}` has no file name")]
    NoFileName(Utf8PathBuf),
}

/// Packs executables and writes the image; `progress` is told of compression.
///
/// # Errors
/// What [`PackError`] says.
pub fn pack(request: &PackRequest, progress: &dyn Progress) -> Result<PackReport, PackError> {
    if request.executables.is_empty() {
        return Err(PackError::NoExecutables);
    }
    let platforms_given: Vec<TargetPlatform> = request
        .executables
        .iter()
        .map(|(platform, _)| *platform)
        .collect();
    let mut overrides = request.overrides.clone();
    if overrides.platforms.is_empty() {
        overrides.platforms = platforms_given;
    }
    let package = match find::find(&request.cwd, &request.selection) {
        // Executables need no package to be packed.
        Err(LocateError::NoManifest(_)) if request.selection == Selection::default() => None,
        found => Some(found?),
    };
    let described = match &package {
        Some(package) => package.describe(&overrides)?,
        None => bare(request, &overrides)?,
    };
    let executables = name_executables(request, &described.description)?;
    finish(
        &request.output,
        package.as_ref(),
        &described,
        &executables,
        &default_target(request, package.as_ref()),
        progress,
    )
}

/// The image of the first executable's name, with all that are called otherwise.
fn bare(request: &PackRequest, overrides: &Overrides) -> Result<Described, PackError> {
    let mut bins: Vec<String> = Vec::new();
    for (_, path) in &request.executables {
        let bin = file_name(path)?.to_owned();
        if !bins.contains(&bin) {
            bins.push(bin);
        }
    }
    let name = bins[0].clone();
    Ok(describe::bare(&name, bins, overrides)?)
}

/// Packs, writes and reports: the part after which `build` is as `pack` is.
pub(super) fn finish(
    output: &Output,
    package: Option<&Package>,
    described: &Described,
    executables: &[Executable],
    target_folder: &Utf8Path,
    progress: &dyn Progress,
) -> Result<PackReport, PackError> {
    let description = &described.description;
    let files = match package {
        Some(package) => files::collect(package.folder(), description)?,
        None => Vec::new(),
    };
    let cache = LayerCache::open(&output.cache_dir)?;
    let inputs = packing::PackInputs {
        description,
        created: &output.created,
        executables,
        files,
        compression: output.compression,
        threads: output.threads,
        progress,
    };
    let packed = packing::pack(&inputs, &cache)?;
    let started = std::time::Instant::now();
    let default = [destinations::default_layout(target_folder, description)];
    let destinations = match output.destinations.as_slice() {
        [] => default.as_slice(),
        asked => asked,
    };
    let written = destinations::write_all(&packed.image, description, destinations, &output.host)?;
    Ok(PackReport {
        digest: packed.image.index.descriptor.digest,
        name: description.name.clone(),
        version: described.version.clone(),
        revision: described.revision.clone(),
        platforms: packed.platforms,
        written,
        steps: vec![
            Step::new("pack", packed.took),
            Step::new("write", started.elapsed()),
        ],
    })
}

/// The executables with their names in the image: that of the only binary, else
/// the name of the file.
fn name_executables(
    request: &PackRequest,
    description: &Description,
) -> Result<Vec<Executable>, PackError> {
    let name = |path: &Utf8Path| match description.bins.as_slice() {
        [only] => Ok(only.clone()),
        _ => file_name(path).map(str::to_owned),
    };
    request
        .executables
        .iter()
        .map(|(platform, path)| {
            Ok(Executable {
                platform: *platform,
                bin: name(path)?,
                path: request.cwd.join(path),
            })
        })
        .collect()
}

fn file_name(path: &Utf8Path) -> Result<&str, PackError> {
    path.file_name()
        .ok_or_else(|| PackError::NoFileName(path.to_owned()))
}

fn default_target(request: &PackRequest, package: Option<&Package>) -> Utf8PathBuf {
    package.map_or_else(
        || request.cwd.clone(),
        |package| package.workspace_root.join("target"),
    )
}
