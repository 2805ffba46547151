//! Options of `copy`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;

use super::environment::ProcessEnvironment;
use super::error::OptionError;
use super::image::{reference, registry_host};
use crate::compile::process::Processes;
use crate::operations::copy::CopyRequest;
use crate::package::validate;
use muslin_oci::transport::reference::{MalformedReference, PinnedReference};

/// Which image is copied, and where to.
#[derive(Debug, Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CopyOptions {
    /// The image, as in `docker://HOST/NAME:TAG`, `oci:DIR[:TAG]` or `docker-archive:FILE`, each
    /// with an optional `@DIGEST`
    #[arg(value_name = "SOURCE", value_parser = pinned)]
    source: String,

    /// Where it goes, as in `docker://HOST/NAME[:TAG]`, `oci:DIR[:TAG]` or `oci-archive:FILE[:TAG]`
    #[arg(value_name = "DESTINATION", value_parser = reference)]
    destination: String,

    /// Copy the images of these platforms only, as in `linux/arm64` [default: all]
    #[arg(long = "platform", value_name = "PLATFORM", value_delimiter = ',')]
    #[serde(default)]
    platforms: Vec<String>,

    /// Tag the copy, as in `v1.2`, where the destination has no tag [default: the source's, else latest]
    #[arg(long = "tag", short = 't', value_name = "TAG")]
    #[serde(default)]
    tags: Vec<String>,

    /// Reach this registry without TLS, as in `registry.example:5000`
    #[arg(long, value_name = "HOST", value_parser = registry_host)]
    #[serde(skip)]
    insecure: Vec<String>,
}

impl CopyOptions {
    /// The request that these options make.
    pub(crate) fn request(
        self,
        environment: &ProcessEnvironment,
        processes: &Processes,
    ) -> Result<CopyRequest, OptionError> {
        let tags = self.tags.iter();
        tags.into_iter()
            .try_for_each(|tag| validate::tag(tag))
            .map_err(OptionError::Tag)?;
        Ok(CopyRequest {
            source: self.source.parse()?,
            destination: self.destination.parse()?,
            platforms: self.platforms,
            tags: self.tags,
            threads: environment.threads,
            host: environment.host(processes, &self.insecure),
        })
    }
}

/// Checks a reference that may have a digest for clap.
fn pinned(text: &str) -> Result<String, MalformedReference> {
    text.parse::<PinnedReference>().map(|_| text.to_owned())
}
