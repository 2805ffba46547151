//! Options that several commands share.

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};

use super::Failure;
use super::world::World;
use crate::operations::created;
use crate::operations::pack::Output;
use crate::package::overrides::Overrides;
use crate::package::validate;
use crate::platform::TargetPlatform;
use muslin_oci::codec::Compression;
use muslin_oci::transport::reference::Reference;

/// What the image says of itself.
#[derive(Debug, Args)]
#[command(next_help_heading = "Image options")]
pub(super) struct ImageOptions {
    /// Build for these platforms only, as in `linux/amd64,linux/arm64`
    #[arg(long, value_name = "PLATFORM", value_delimiter = ',')]
    platform: Vec<TargetPlatform>,

    /// Name the image's tag, as in `v1.2`; may be given several times
    #[arg(long, short = 't', value_name = "TAG")]
    tag: Vec<String>,

    /// Add a label to the config of every platform, as in `mcp.server=true`
    #[arg(long, value_name = "NAME=VALUE", value_parser = validate::pair)]
    label: Vec<(String, String)>,

    /// Add an annotation to the index and every manifest, as in `team=infra`
    #[arg(long, value_name = "NAME=VALUE", value_parser = validate::pair)]
    annotation: Vec<(String, String)>,

    /// Say this version in the labels, as in `1.2.3` [default: $VERSION, else Cargo.toml's]
    #[arg(long, value_name = "VERSION")]
    version_label: Option<String>,

    /// Say this revision in the labels, as in `4f0c1d2` [default: `$COMMIT_SHA`, else none]
    #[arg(long, value_name = "COMMIT")]
    revision: Option<String>,

    /// Say that the image was made at this time, as in `2026-01-31T12:00:00Z` or seconds since 1970
    /// [default: `$SOURCE_DATE_EPOCH`, else 1970]
    #[arg(long, value_name = "TIME")]
    created: Option<String>,

    /// Compress layers so: `gzip` is taken everywhere, `zstd` is as small and twice as quick
    #[arg(long, value_name = "CODEC", default_value = "gzip")]
    compression: Codec,
}

/// How layers are compressed.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Codec {
    Gzip,
    Zstd,
}

/// Where the image goes and what is told of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output options")]
pub(super) struct OutputOptions {
    /// Write the image here, as in `oci:DIR[:TAG]`, `oci-archive:FILE`, `docker-archive:FILE` or
    /// `docker-daemon:NAME:TAG`; may be given several times; without it,
    /// to `oci:<target>/muslin/<name>`
    #[arg(long, value_name = "DESTINATION")]
    to: Vec<Reference>,

    /// Print the report as JSON on stdout instead of the reference
    #[arg(long)]
    pub(super) json: bool,

    /// Write the report as JSON to this file, as in `build.json`
    #[arg(long, value_name = "FILE")]
    pub(super) metadata_file: Option<Utf8PathBuf>,

    #[command(flatten)]
    pub(super) cache: CacheOption,
}

impl ImageOptions {
    /// What is said in the place of the package's table.
    pub(super) fn overrides(&self, world: &World) -> Overrides {
        let variable = |name| world.variable(name).map(str::to_owned);
        Overrides {
            platforms: self.platform.clone(),
            tags: self.tag.clone(),
            labels: self.label.iter().cloned().collect(),
            annotations: self.annotation.iter().cloned().collect(),
            version_flag: self.version_label.clone(),
            version_variable: variable("VERSION"),
            revision_flag: self.revision.clone(),
            revision_variable: variable("COMMIT_SHA"),
            owner: variable("GITHUB_REPOSITORY_OWNER"),
            ..Overrides::default()
        }
    }

    /// How the image is made and where it goes.
    pub(super) fn output(&self, output: &OutputOptions, world: &World) -> Result<Output, Failure> {
        let created =
            created::created(self.created.as_deref(), world.variable("SOURCE_DATE_EPOCH"))?;
        Ok(Output {
            created,
            compression: match self.compression {
                Codec::Gzip => Compression::Gzip,
                Codec::Zstd => Compression::Zstd,
            },
            threads: world.threads,
            cache_dir: world.cache_dir(output.cache.cache_dir.as_deref())?,
            destinations: output.to.clone(),
            host: world.host(),
        })
    }
}

/// Where what is made once is kept.
#[derive(Debug, Args)]
pub(super) struct CacheOption {
    /// Keep layers, tools and standard libraries here, as in `/var/cache/muslin`
    /// [default: the user's cache folder]
    #[arg(
        long,
        value_name = "DIR",
        env = "MUSLIN_CACHE_DIR",
        hide_env_values = true
    )]
    pub(super) cache_dir: Option<Utf8PathBuf>,
}
