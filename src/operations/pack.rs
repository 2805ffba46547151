//! `muslin pack`: makes images of executables that were built elsewhere.

use std::num::NonZeroUsize;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::Serialize;

use super::destinations::{self, Confine, RefusedDestination, Written};
use crate::cache::{CacheError, LayerCache, expiry};
use crate::package::describe::{DescribeError, describe_executables};
use crate::package::description::{Description, DescriptionWithOrigins};
use crate::package::files::{self, FilesError};
use crate::package::find::{self, FindError, Selection};
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

/// Options of `build` and `pack`: how an image is made and where it is written.
#[derive(Clone, Debug)]
pub struct Output {
    /// The creation time in the configs, RFC 3339.
    pub created: String,
    /// How layers are compressed.
    pub compression: Compression,
    /// The number of threads that compress a layer. The bytes do not depend on it.
    pub threads: NonZeroUsize,
    /// The cache folder: layers, tools and standard libraries.
    pub cache_dir: Utf8PathBuf,
    /// Where the image is written; empty for the layout in the target folder.
    pub destinations: Vec<Reference>,
    /// Whether it is pushed to the registry that the description names, too.
    pub push: bool,
    /// The host that images are read and written on.
    pub host: Host,
}

/// What to pack.
#[derive(Clone, Debug)]
pub struct PackRequest {
    /// The current directory.
    pub cwd: Utf8PathBuf,
    /// Selects the package that describes the image.
    pub selection: Selection,
    /// Values that replace those of its metadata table.
    pub overrides: Overrides,
    /// The executables, each with its platform.
    pub executables: Vec<(TargetPlatform, Utf8PathBuf)>,
    /// How the image is made and where it is written.
    pub output: Output,
}

/// What was packed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PackReport {
    /// The digest of the index.
    pub digest: Digest,
    /// The name of the image.
    pub name: String,
    /// The version in its labels, and where it comes from.
    pub version: Option<(String, Origin)>,
    /// The revision in its labels, and where it comes from.
    pub revision: Option<(String, Origin)>,
    /// The image of each platform.
    pub platforms: Vec<PackedPlatform>,
    /// Where it was written.
    pub written: Vec<Written>,
    /// The steps and their durations, in order.
    pub steps: Vec<Step>,
}

/// A step and its duration.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Step {
    /// The name of the step.
    pub name: &'static str,
    /// Its duration in seconds.
    pub seconds: f64,
}

impl Step {
    /// A step of this duration.
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
    Find(#[from] FindError),
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
    #[error(transparent)]
    Destination(RefusedDestination),
    #[error("nothing to pack; give each executable as `--executable linux/amd64=PATH`")]
    NoExecutables,
    #[error("`{0}` has no file name")]
    NoFileName(Utf8PathBuf),
}

/// Packs executables and writes the image to destinations that `confine` lets pass.
///
/// # Errors
/// What [`PackError`] says.
pub fn pack(
    request: &PackRequest,
    confine: Confine<'_>,
    progress: &dyn Progress,
) -> Result<PackReport, PackError> {
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
        // Executables can be packed without a package.
        Err(FindError::NoManifest(_)) if request.selection == Selection::default() => None,
        found => Some(found?),
    };
    let described = match &package {
        Some(package) => package.describe(&overrides)?,
        None => describe_given(request, &overrides)?,
    };
    let executables = name_executables(request, &described.description)?;
    let destinations = destinations::resolve(
        &request.output.destinations,
        request.output.push,
        &default_target(request, package.as_ref()),
        &described.description,
        confine,
    );
    let destinations = destinations.map_err(PackError::Destination)?;
    finish(
        &request.output,
        package.as_ref(),
        &described,
        &executables,
        &destinations,
        progress,
    )
}

/// Describes the image of executables that belong to no package: it has the name of the first.
fn describe_given(
    request: &PackRequest,
    overrides: &Overrides,
) -> Result<DescriptionWithOrigins, PackError> {
    let mut bins: Vec<String> = Vec::new();
    for (_, path) in &request.executables {
        let bin = file_name(path)?.to_owned();
        if !bins.contains(&bin) {
            bins.push(bin);
        }
    }
    let name = bins[0].clone();
    Ok(describe_executables(&name, bins, overrides)?)
}

/// Packs, writes and reports: the steps that `build` and `pack` share.
pub(super) fn finish(
    output: &Output,
    package: Option<&Package>,
    described: &DescriptionWithOrigins,
    executables: &[Executable],
    destinations: &[Reference],
    progress: &dyn Progress,
) -> Result<PackReport, PackError> {
    let description = &described.description;
    let files = match package {
        Some(package) => files::collect(package.directory(), description)?,
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
        cancellation: &output.host.cancellation,
    };
    let packed = packing::pack(&inputs, &cache)?;
    let started = std::time::Instant::now();
    expiry::remove_unused(&output.cache_dir);
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

/// Gives each executable its name in the image: that of the only binary, or else the name
/// of the file.
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
                links: request.output.host.links,
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
