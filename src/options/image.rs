//! Options of the image: labels, tags, compression, destinations.

use std::collections::BTreeMap;

use camino::Utf8Path;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::environment::ProcessEnvironment;
use super::error::OptionError;
use crate::compile::process::Processes;
use crate::operations::created::created;
use crate::operations::pack::Output;
use crate::package::overrides::Overrides;
use crate::package::validate;
use crate::platform::TargetPlatform;
use muslin_oci::codec::Compression;
use muslin_oci::transport::reference::{MalformedReference, Reference};
use muslin_oci::transport::registry::repository::is_host;

/// How the image is described and compressed, and where it is written.
#[derive(Debug, Default, Args, Deserialize, JsonSchema)]
#[command(next_help_heading = "Image options")]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ImageOptions {
    /// Make the image for these platforms only, as in `linux/arm64`
    #[arg(long = "platform", value_name = "PLATFORM", value_delimiter = ',')]
    platforms: Vec<TargetPlatform>,

    /// Tag the image, as in `v1.2`, in place of the package's tags
    #[arg(long = "tag", short = 't', value_name = "TAG")]
    tags: Vec<String>,

    /// Add a label to the config of every platform, as in `mcp.server=true`
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = validate::pair)]
    #[serde(deserialize_with = "pairs")]
    #[schemars(with = "BTreeMap<String, String>", extend("default" = {}))]
    labels: Vec<(String, String)>,

    /// Add an annotation to the index and every manifest, as in `team=infra`
    #[arg(long = "annotation", value_name = "NAME=VALUE", value_parser = validate::pair)]
    #[serde(deserialize_with = "pairs")]
    #[schemars(with = "BTreeMap<String, String>", extend("default" = {}))]
    annotations: Vec<(String, String)>,

    /// Say this version in the labels, as in `1.2.3` [default: `$VERSION`, else Cargo.toml's]
    #[arg(long = "version-label", id = "version-label", value_name = "VERSION")]
    version: Option<String>,

    /// Say this revision in the labels, as in `4f0c1d2` [default: `$COMMIT_SHA`, else none]
    #[arg(long, value_name = "COMMIT")]
    revision: Option<String>,

    /// Say that the image was made at this time, as in `2026-01-31T12:00:00Z` or seconds since 1970
    /// [default: `$SOURCE_DATE_EPOCH`, else 1970]
    #[arg(long, value_name = "TIME")]
    created: Option<String>,

    /// Compress layers with this codec: `gzip` is read everywhere, `zstd` is as small and twice as fast
    #[arg(long, value_name = "CODEC", default_value_t, value_parser = compression())]
    compression: Compression,

    /// Write the image here, as in `oci:DIR[:TAG]`, `oci-archive:FILE`, `docker-archive:FILE`,
    /// `docker-daemon:NAME:TAG` or `docker://HOST/NAME[:TAG]` [default: `oci:TARGET/muslin/NAME`]
    #[arg(long, value_name = "DESTINATION", value_parser = reference, help_heading = "Output options")]
    to: Vec<String>,

    /// Push the image, with its tags, to the registry that `image` in the package's table names
    #[arg(long, help_heading = "Output options")]
    push: bool,

    /// Reach this registry without TLS, as in `registry.example:5000`
    #[arg(long, value_name = "HOST", value_parser = registry_host, help_heading = "Output options")]
    #[serde(skip)]
    insecure: Vec<String>,
}

impl ImageOptions {
    /// The values that replace those of the package's metadata table.
    pub(super) fn overrides(&self, environment: &ProcessEnvironment) -> Overrides {
        let variable = |name| environment.variable(name).map(str::to_owned);
        Overrides {
            platforms: self.platforms.clone(),
            tags: self.tags.clone(),
            labels: self.labels.iter().cloned().collect(),
            annotations: self.annotations.iter().cloned().collect(),
            version_flag: self.version.clone(),
            version_variable: variable("VERSION"),
            revision_flag: self.revision.clone(),
            revision_variable: variable("COMMIT_SHA"),
            owner: variable("GITHUB_REPOSITORY_OWNER"),
            ..Overrides::default()
        }
    }

    /// How the image is made and where it is written.
    pub(super) fn output(
        &self,
        environment: &ProcessEnvironment,
        cache_dir: Option<&Utf8Path>,
        processes: &Processes,
    ) -> Result<Output, OptionError> {
        let epoch = environment.variable("SOURCE_DATE_EPOCH");
        let destinations: Result<Vec<Reference>, _> =
            self.to.iter().map(|text| text.parse()).collect();
        Ok(Output {
            created: created(self.created.as_deref(), epoch)?,
            compression: self.compression,
            threads: environment.threads,
            cache_dir: environment.cache_dir(cache_dir)?,
            destinations: destinations?,
            push: self.push,
            host: environment.host(processes, &self.insecure),
        })
    }
}

/// Reads an object as pairs, as the command line gives them.
fn pairs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, String)>, D::Error> {
    let map = BTreeMap::deserialize(deserializer)?;
    Ok(map.into_iter().collect())
}

fn compression() -> impl TypedValueParser<Value = Compression> {
    PossibleValuesParser::new(Compression::ALL.map(Compression::name))
        .try_map(|name| name.parse::<Compression>())
}

/// Checks a reference for clap. It stays text, because a tool reports a malformed one as
/// its result and not as an error of the protocol.
pub(super) fn reference(text: &str) -> Result<String, MalformedReference> {
    text.parse::<Reference>().map(|_| text.to_owned())
}

/// Checks the host of a registry, with its port if it has one.
pub(crate) fn registry_host(text: &str) -> Result<String, String> {
    if is_host(text) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(format!(
            "`{text}` is no host; write one like `registry.example:5000`, without a scheme and a path"
        ))
    }
}
