//! `muslin index`

use std::process::ExitCode;

use clap::Args;

use super::Failure;
use super::text::{bytes, table};
use super::world::World;
use crate::operations::index::{JoinReport, JoinRequest, join};
use muslin_oci::transport::reference::Reference;

/// Join images of single platforms into one multi-platform image.
///
/// Configs and diff IDs stay what they are; layers that are not compressed yet,
/// as in a docker-archive, are.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  muslin index --to oci:image docker-archive:amd64.tar.gz docker-archive:arm64.tar.gz")]
pub(super) struct Index {
    /// Write the image here, as in `oci:DIR[:TAG]`
    #[arg(long, value_name = "DESTINATION")]
    to: Reference,

    /// Name the image's tag, as in `v1.2`; may be given several times [default: latest]
    #[arg(long, short = 't', value_name = "TAG")]
    tag: Vec<String>,

    /// Print the report as JSON on stdout instead of the reference
    #[arg(long)]
    json: bool,

    /// Images to join, as in `docker-archive:amd64.tar`, `oci:DIR` or `oci-archive:FILE`
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<Reference>,
}

impl Index {
    pub(super) fn run(self, world: &World) -> Result<ExitCode, Failure> {
        let report = join(&JoinRequest {
            sources: self.sources,
            destination: self.to,
            tags: self.tag,
            threads: world.threads,
            host: world.host(),
        })?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            anstream::eprint!("{}", for_people(&report));
            println!("{}", report.reference);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn for_people(report: &JoinReport) -> String {
    let rows: Vec<[String; 4]> = report
        .platforms
        .iter()
        .map(|joined| {
            [
                joined.platform.clone(),
                joined.layers.to_string(),
                bytes(joined.compressed_size),
                joined.source.to_string(),
            ]
        })
        .collect();
    table(["platform", "layers", "compressed", "from"], &rows)
}
