//! What clients send, and the Requests that it makes.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Surroundings;
use super::folders::Outside;
use crate::compile::env::var;
use crate::compile::process::Processes;
use crate::compile::request::{LockMode, Verbosity};
use crate::operations::build::BuildRequest;
use crate::operations::created::{self, MalformedTime};
use crate::operations::index::JoinRequest;
use crate::operations::pack::{Output, PackRequest};
use crate::operations::setup::SetupRequest;
use crate::package::find::{self, LocateError, Selection};
use crate::package::overrides::Overrides;
use crate::platform::TargetPlatform;
use muslin_oci::codec::Compression;
use muslin_oci::transport::reference::{MalformedReference, PinnedReference, Reference};

/// Arguments of the right form that cannot be served.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error(transparent)]
    Outside(#[from] Outside),
    #[error(transparent)]
    Reference(#[from] MalformedReference),
    #[error(transparent)]
    Created(#[from] MalformedTime),
    #[error(transparent)]
    Locate(#[from] LocateError),
    #[error(
        "`{0}` is an image of the Docker daemon, which this server may not use; start it with `--docker-daemon` to allow it"
    )]
    Daemon(Reference),
    #[error(
        "a published package has no folder of its own that its image could go to; say in `to` of `image` where it goes"
    )]
    Nowhere,
    #[error("there is nowhere to keep what is packed: {0}")]
    NoCache(String),
}

/// What the image says of itself, how it is made and where it goes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ImageArguments {
    /// Platforms in the place of the package's, such as `linux/arm64`.
    platforms: Vec<TargetPlatform>,
    /// Tags in the place of the package's, such as `v1.2`.
    tags: Vec<String>,
    /// Labels for the config of every platform, added to the package's.
    labels: BTreeMap<String, String>,
    /// Annotations for the index and every manifest, added to the package's.
    annotations: BTreeMap<String, String>,
    /// The version in the labels, in the place of the package's.
    version: Option<String>,
    /// The commit in the labels.
    revision: Option<String>,
    /// When the configs say that the image was made: RFC 3339 or seconds since 1970. 1970 by default.
    created: Option<String>,
    /// How layers are compressed: `gzip` (the default) or `zstd`.
    compression: Codec,
    /// Where the image goes: `oci:DIR[:TAG]`, `oci-archive:FILE`, `docker-archive:FILE` or
    /// `docker-daemon:NAME:TAG`. By default an OCI layout, `<target folder>/muslin/<name>`.
    to: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Codec {
    #[default]
    Gzip,
    Zstd,
}

/// Arguments of `build`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct BuildArguments {
    /// The package's folder or Cargo.toml. By default the nearest one to the server's folder.
    path: Option<String>,
    /// The member of the workspace to build.
    package: Option<String>,
    /// A published package to build instead: `NAME` or `NAME@VERSION`. Needs `to` in `image`.
    #[serde(rename = "crate")]
    published: Option<String>,
    /// The binaries that go into the image, in the place of the package's.
    bins: Vec<String>,
    /// The cargo profile; `release` by default.
    profile: Option<String>,
    /// Cargo features, added to the package's.
    features: Vec<String>,
    /// Build with all features.
    all_features: bool,
    /// Build without the `default` feature.
    no_default_features: bool,
    /// Fail if Cargo.lock is missing or would change.
    locked: bool,
    /// Use no network.
    offline: bool,
    /// Let cargo put what it makes here.
    target_dir: Option<String>,
    /// What the image says of itself and where it goes.
    image: ImageArguments,
}

/// An executable and what it runs on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ExecutableArgument {
    /// Such as `linux/amd64`.
    platform: TargetPlatform,
    /// A static executable for this platform.
    path: String,
}

/// Arguments of `pack`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PackArguments {
    /// The executables, each with its platform.
    executables: Vec<ExecutableArgument>,
    /// The package whose Cargo.toml describes the image. By default the nearest one to the
    /// server's folder, if there is one.
    #[serde(default)]
    path: Option<String>,
    /// The member of the workspace that describes the image.
    #[serde(default)]
    package: Option<String>,
    /// The binaries of the package that go into the image.
    #[serde(default)]
    bins: Vec<String>,
    /// What the image says of itself and where it goes.
    #[serde(default)]
    image: ImageArguments,
}

/// Arguments of `index`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IndexArguments {
    /// Images of single platforms: `oci:DIR[:TAG]`, `oci-archive:FILE` or `docker-archive:FILE`.
    sources: Vec<String>,
    /// Where the joined image goes: `oci:DIR[:TAG]` or `oci-archive:FILE[:TAG]`.
    to: String,
    /// Tags of the joined image; `latest` by default.
    #[serde(default)]
    tags: Vec<String>,
}

/// Arguments of `inspect`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InspectArguments {
    /// The image: `oci:DIR[:TAG]`, `oci-archive:FILE`, `docker-archive:FILE` or
    /// `docker-daemon:NAME:TAG`, each with `@DIGEST` behind it if you like.
    reference: String,
    /// Whether the files of every layer are listed; they are by default.
    #[serde(default = "yes")]
    pub(super) files: bool,
}

fn yes() -> bool {
    true
}

/// Arguments of `setup_check`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SetupArguments {
    /// For what the machine shall build; both platforms by default.
    platforms: Vec<TargetPlatform>,
    /// The folder that a toolchain file is searched from.
    path: Option<String>,
}

impl BuildArguments {
    pub(super) fn request(
        self,
        around: &Surroundings,
        processes: Processes,
    ) -> Result<BuildRequest, Refusal> {
        let mut overrides = self.image.overrides(around);
        overrides.bins = self.bins;
        overrides.profile = self.profile;
        overrides.features = self.features;
        let selection = selection(around, self.path, self.package)?;
        if self.published.is_none() {
            locate_inside(around, &selection)?;
        } else if self.image.to.is_empty() {
            return Err(Refusal::Nowhere);
        }
        let target_dir = self.target_dir.map(|folder| allowed(around, &folder));
        Ok(BuildRequest {
            cwd: around.cwd.clone(),
            published: self.published,
            selection,
            overrides,
            all_features: self.all_features,
            no_default_features: self.no_default_features,
            lock: LockMode {
                locked: self.locked,
                offline: self.offline,
                frozen: false,
            },
            jobs: None,
            target_dir: target_dir.transpose()?,
            verbosity: Verbosity::Normal,
            environment: around.environment.clone(),
            processes,
            output: self.image.output(around)?,
        })
    }
}

impl PackArguments {
    pub(super) fn request(self, around: &Surroundings) -> Result<PackRequest, Refusal> {
        let mut overrides = self.image.overrides(around);
        overrides.bins = self.bins;
        let selection = selection(around, self.path, self.package)?;
        match locate_inside(around, &selection) {
            // Executables need no package to be packed.
            Err(Refusal::Locate(LocateError::NoManifest(_)))
                if selection == Selection::default() => {}
            found => found?,
        }
        let executable = |given: ExecutableArgument| {
            Ok::<_, Refusal>((given.platform, allowed(around, &given.path)?))
        };
        Ok(PackRequest {
            cwd: around.cwd.clone(),
            selection,
            overrides,
            executables: self
                .executables
                .into_iter()
                .map(executable)
                .collect::<Result<_, _>>()?,
            output: self.image.output(around)?,
        })
    }
}

impl IndexArguments {
    pub(super) fn request(&self, around: &Surroundings) -> Result<JoinRequest, Refusal> {
        let sources = self.sources.iter().map(|text| image(around, text.parse()?));
        Ok(JoinRequest {
            sources: sources.collect::<Result<_, _>>()?,
            destination: image(around, self.to.parse()?)?,
            tags: self.tags.clone(),
            threads: around.threads,
            host: around.host.clone(),
        })
    }
}

impl InspectArguments {
    pub(super) fn request(&self, around: &Surroundings) -> Result<PinnedReference, Refusal> {
        let pinned: PinnedReference = self.reference.parse()?;
        Ok(PinnedReference {
            reference: image(around, pinned.reference)?,
            digest: pinned.digest,
        })
    }
}

impl SetupArguments {
    pub(super) fn request(
        self,
        around: &Surroundings,
        processes: Processes,
    ) -> Result<SetupRequest, Refusal> {
        let path = self.path.map(|path| allowed(around, &path)).transpose()?;
        Ok(SetupRequest {
            cwd: path.unwrap_or_else(|| around.cwd.clone()),
            environment: around.environment.clone(),
            cache_dir: around.cache_dir.clone().map_err(Refusal::NoCache)?,
            platforms: if self.platforms.is_empty() {
                TargetPlatform::ALL.into()
            } else {
                self.platforms
            },
            check_only: true,
            offline: true,
            processes,
        })
    }
}

impl ImageArguments {
    fn overrides(&self, around: &Surroundings) -> Overrides {
        let variable = |name| var(&around.environment, name).map(str::to_owned);
        Overrides {
            platforms: self.platforms.clone(),
            tags: self.tags.clone(),
            labels: self.labels.clone(),
            annotations: self.annotations.clone(),
            version_flag: self.version.clone(),
            version_variable: variable("VERSION"),
            revision_flag: self.revision.clone(),
            revision_variable: variable("COMMIT_SHA"),
            owner: variable("GITHUB_REPOSITORY_OWNER"),
            ..Overrides::default()
        }
    }

    fn output(&self, around: &Surroundings) -> Result<Output, Refusal> {
        let epoch = var(&around.environment, "SOURCE_DATE_EPOCH");
        let destinations = self.to.iter().map(|text| image(around, text.parse()?));
        Ok(Output {
            created: created::created(self.created.as_deref(), epoch)?,
            compression: match self.compression {
                Codec::Gzip => Compression::Gzip,
                Codec::Zstd => Compression::Zstd,
            },
            threads: around.threads,
            cache_dir: around.cache_dir.clone().map_err(Refusal::NoCache)?,
            destinations: destinations.collect::<Result<_, Refusal>>()?,
            host: around.host.clone(),
        })
    }
}

fn allowed(around: &Surroundings, path: &str) -> Result<Utf8PathBuf, Refusal> {
    Ok(around.folders.allow(&around.cwd.join(path))?)
}

fn image(around: &Surroundings, reference: Reference) -> Result<Reference, Refusal> {
    let absolute = match reference {
        Reference::Oci { path, tag } => Reference::Oci {
            path: around.cwd.join(path),
            tag,
        },
        Reference::OciArchive { path, tag } => Reference::OciArchive {
            path: around.cwd.join(path),
            tag,
        },
        Reference::DockerArchive { path, name } => Reference::DockerArchive {
            path: around.cwd.join(path),
            name,
        },
        daemon @ Reference::DockerDaemon { .. } if around.docker_daemon => daemon,
        daemon @ Reference::DockerDaemon { .. } => return Err(Refusal::Daemon(daemon)),
    };
    Ok(around.folders.allow_image(&absolute)?)
}

fn selection(
    around: &Surroundings,
    path: Option<String>,
    package: Option<String>,
) -> Result<Selection, Refusal> {
    let path = path.map(|path| allowed(around, &path)).transpose()?;
    Ok(Selection { path, package })
}

/// The package that is selected, if its workspace and where its images go by default
/// are in the folders: the nearest manifest may lie above them.
fn locate_inside(around: &Surroundings, selection: &Selection) -> Result<(), Refusal> {
    let package = find::find(&around.cwd, selection)?;
    let workspace = around.folders.allow(&package.workspace_root)?;
    around.folders.allow(&package.manifest_path)?;
    around.folders.allow(&workspace.join("target/muslin"))?;
    Ok(())
}
