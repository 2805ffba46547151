//! Options of `index`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;

use super::environment::ProcessEnvironment;
use super::error::OptionError;
use super::image::{reference, registry_host};
use crate::compile::process::Processes;
use crate::operations::index::JoinRequest;
use crate::package::validate;

/// Which images are joined, and where the joined image is written.
#[derive(Debug, Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IndexOptions {
    /// Write the image here, as in `oci:DIR[:TAG]`, `oci-archive:FILE[:TAG]` or
    /// `docker://HOST/NAME[:TAG]`
    #[arg(long, value_name = "DESTINATION", value_parser = reference)]
    to: String,

    /// Tag the image, as in `v1.2` [default: latest]
    #[arg(long = "tag", short = 't', value_name = "TAG")]
    #[serde(default)]
    tags: Vec<String>,

    /// Images to join, as in `docker-archive:amd64.tar`, `oci:DIR`, `oci-archive:FILE` or
    /// `docker://HOST/NAME:TAG`
    #[arg(required = true, value_name = "SOURCE", value_parser = reference)]
    sources: Vec<String>,

    /// Reach this registry without TLS, as in `registry.example:5000`
    #[arg(long, value_name = "HOST", value_parser = registry_host)]
    #[serde(skip)]
    insecure: Vec<String>,
}

impl IndexOptions {
    /// The request that these options make.
    pub(crate) fn request(
        self,
        environment: &ProcessEnvironment,
        processes: &Processes,
    ) -> Result<JoinRequest, OptionError> {
        let sources: Result<_, _> = self.sources.iter().map(|text| text.parse()).collect();
        let tags = self.tags.iter();
        tags.into_iter()
            .try_for_each(|tag| validate::tag(tag))
            .map_err(OptionError::Tag)?;
        Ok(JoinRequest {
            sources: sources?,
            destination: self.to.parse()?,
            tags: self.tags,
            threads: environment.threads,
            host: environment.host(processes, &self.insecure),
        })
    }
}
