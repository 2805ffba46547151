//! `muslin build`: compiles a package and makes its images for all platforms.

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::Serialize;

use super::destinations::{self, Confine};
use super::pack::{self, Output, PackError, PackReport, Step};
use crate::compile::cargo::error::CargoError;
use crate::compile::cargo::published::{self, PublishedError, PublishedPackage};
use crate::compile::context::BuildContext;
use crate::compile::process::Processes;
use crate::compile::request::CargoOptions;
use crate::compile::{self, CompileError, CompileRequest, Environment, ToolchainReport};
use crate::package::binaries::BinaryError;
use crate::package::describe::DescribeError;
use crate::package::find::{self, FindError, Selection};
use crate::package::manifest::Package;
use crate::package::overrides::Overrides;
use crate::packing::Executable;
use crate::packing::layers::Progress;
use muslin_oci::folder::Links;

/// What to build.
#[derive(Clone, Debug)]
pub struct BuildRequest {
    /// The current directory.
    pub cwd: Utf8PathBuf,
    /// A published package to build in place of the selected one.
    pub published: Option<PublishedPackage>,
    /// The package.
    pub selection: Selection,
    /// Values that replace those of its metadata table.
    pub overrides: Overrides,
    /// The options that are passed on to cargo.
    pub cargo: CargoOptions,
    /// The environment of cargo.
    pub environment: Environment,
    /// Starts child processes, and can end them.
    pub processes: Processes,
    /// How the image is made and where it is written.
    pub output: Output,
}

/// What was built.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct BuildReport {
    /// The image.
    #[serde(flatten)]
    pub image: PackReport,
    /// The toolchain that compiled it.
    pub toolchain: ToolchainReport,
    /// Paths of this machine that are left in the executables.
    pub leaks: Vec<compile::leaks::Leak>,
}

/// Why nothing was built.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum BuildError {
    #[error(transparent)]
    Find(#[from] FindError),
    #[error(transparent)]
    Describe(#[from] DescribeError),
    #[error(transparent)]
    Published(#[from] PublishedError),
    #[error(transparent)]
    Compile(#[from] CompileError),
    #[error(
        "{0}. Its dependencies are those of the lock file that it was published with; `--update` takes the newest ones"
    )]
    OldDependencies(CompileError),
    #[error(transparent)]
    Leaks(#[from] compile::leaks::LeakError),
    #[error(transparent)]
    Pack(#[from] PackError),
}

/// Compiles the package, packs its binaries and writes the image to destinations that
/// `confine` lets pass. `notice` is called with a
/// line for each tool that has to be set up first.
///
/// # Errors
/// What [`BuildError`] says.
pub fn build(
    request: &BuildRequest,
    notice: &dyn Fn(&str),
    confine: Confine<'_>,
    progress: &dyn Progress,
) -> Result<BuildReport, BuildError> {
    let package = match &request.published {
        Some(package) => published(request, package, notice)?,
        None => find::find(&request.cwd, &request.selection)?,
    };
    let mut cargo = request.cargo.clone();
    // A published package is built with the lock file that it was published with, or with that
    // which `--update` has just made.
    cargo.lock.locked |= request.published.is_some();
    let described = match package.describe(&request.overrides) {
        // Nobody can write a `default-run` into a package of others: of several binaries, that
        // with its name is meant.
        Err(DescribeError::Binary(BinaryError::SeveralBins { .. }))
            if request.published.is_some()
                && package.bins().iter().any(|bin| bin == package.name()) =>
        {
            let mut overrides = request.overrides.clone();
            overrides.bins = vec![package.name().to_owned()];
            package.describe(&overrides)
        }
        described => described,
    }?;
    let description = &described.description;
    let destinations = |target_folder: &Utf8Path| {
        let given = &request.output.destinations;
        let push = request.output.push;
        let resolved = destinations::resolve(given, push, target_folder, description, confine);
        resolved.map_err(PackError::Destination)
    };
    // Long before it is written, unless cargo's configuration has another target folder.
    let target_folder = cargo.target_dir.clone();
    destinations(&target_folder.unwrap_or_else(|| package.workspace_root.join("target")))?;
    let compiled = compile::compile(
        &CompileRequest {
            manifest_path: package.manifest_path.clone(),
            workspace_root: package.workspace_root.clone(),
            package: package.name().to_owned(),
            bins: description.bins.clone(),
            platforms: description.platforms.clone(),
            profile: description.profile.clone(),
            profiles: package.profiles(),
            features: description.features.clone(),
            cargo,
            cwd: package.directory().to_owned(),
            environment: request.environment.clone(),
            cache_dir: request.output.cache_dir.clone(),
            processes: request.processes.clone(),
        },
        notice,
    )
    .map_err(|error| explained(error, request.published.as_ref()))?;
    let searching = std::time::Instant::now();
    let leaks = compile::leaks::search(&compiled.executables, &compiled.machine_paths)?;
    let searched = searching.elapsed();
    let executables: Vec<Executable> = compiled
        .executables
        .iter()
        .map(|built| Executable {
            platform: built.platform,
            bin: built.bin.clone(),
            path: built.path.clone(),
            // It is where cargo has put it.
            links: Links::Follow,
        })
        .collect();
    let mut image = pack::finish(
        &request.output,
        Some(&package),
        &described,
        &executables,
        &destinations(&compiled.target_directory)?,
        progress,
    )?;
    let before = compiled
        .steps
        .iter()
        .map(|(name, took)| Step::new(name, *took));
    let before = before.chain([Step::new("search for paths", searched)]);
    image.steps = before.chain(image.steps).collect();
    Ok(BuildReport {
        image,
        toolchain: compiled.toolchain,
        leaks,
    })
}

/// Fetches the source of a published package into the cache.
fn published(
    request: &BuildRequest,
    package: &PublishedPackage,
    notice: &dyn Fn(&str),
) -> Result<Package, BuildError> {
    let context = BuildContext {
        cwd: &request.cwd,
        environment: &request.environment,
        cache_dir: &request.output.cache_dir,
        offline: request.cargo.lock.is_offline(),
        processes: &request.processes,
    };
    let folder = published::fetch(&context, package, request.cargo.lock, notice)?;
    let selection = Selection {
        path: Some(folder),
        package: None,
    };
    Ok(find::find(&request.cwd, &selection)?)
}

/// The error of a build. What its authors have published did compile for them: if cargo fails,
/// a dependency that they have locked is too old for the compiler or the registry of today.
fn explained(error: CompileError, published: Option<&PublishedPackage>) -> BuildError {
    let is_locked = published.is_some_and(|package| !package.update);
    match error {
        CompileError::Cargo(CargoError::Failed { .. }) if is_locked => {
            BuildError::OldDependencies(error)
        }
        error => error.into(),
    }
}
