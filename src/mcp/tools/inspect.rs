//! The tool `inspect`.

use rmcp::model::ToolAnnotations;
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::tool::{CallContext, CallError, Tool, reads};
use super::text::platform_line;
use crate::operations::inspect::{self, Detail, InspectError, InspectReport};
use muslin_oci::transport::reference::PinnedReference;

/// The most bytes of a report. As JSON, and again as text for the client, it takes ten times as
/// much memory.
const MAX_REPORT: usize = 3 << 20;

pub(super) struct Inspect;

/// Which image is inspected, and how much is reported.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InspectArguments {
    /// The image, as in `oci:DIR[:TAG]`, `oci-archive:FILE`, `docker-archive:FILE`,
    /// `docker-daemon:NAME:TAG` or `docker://HOST/NAME[:TAG]`, each with an optional `@DIGEST`
    reference: String,
    /// Whether the files of every layer are listed
    #[serde(default = "yes")]
    files: bool,
    /// Whether the layers of an image in a registry are read, for its files and programs
    #[serde(default)]
    layers: bool,
}

fn yes() -> bool {
    true
}

impl Tool for Inspect {
    const NAME: &'static str = "inspect";
    const TITLE: &'static str = "Inspect an image";
    const DESCRIPTION: &'static str = "Show what an image holds: platforms, layers, sizes, labels, user, entrypoint, files, whether its \
         programs are static, and the crates in them. Every layer is read and every digest checked; of an image in a registry, layers are read if `layers` is true.";

    type Arguments = InspectArguments;
    type Report = InspectReport;

    fn annotations() -> ToolAnnotations {
        reads(Self::TITLE).open_world(false)
    }

    fn call(
        arguments: InspectArguments,
        context: &CallContext,
    ) -> Result<InspectReport, CallError> {
        let server = context.server;
        let mut image: PinnedReference = arguments.reference.parse()?;
        server.confine_image(&mut image.reference)?;
        let detail = Detail {
            files: arguments.files,
            layers: arguments.layers,
            limit: MAX_REPORT,
        };
        let host = server.environment.host(&context.processes, &[]);
        let report = inspect::inspect(&image, detail, &host);
        report.map_err(|error| match error {
            InspectError::TooMuchToReport { .. } if arguments.files => {
                format!("{error}; call `inspect` with `files` as `false`").into()
            }
            error => error.into(),
        })
    }

    fn text(report: &InspectReport) -> String {
        let mut text = format!("{} is {}\n", report.reference, report.digest);
        for platform in &report.platforms {
            let layers = platform.layers.len();
            text += &platform_line(&platform.platform, platform.compressed_size, layers);
            for program in &platform.executables {
                let linking = if program.is_static {
                    "static"
                } else {
                    "dynamic"
                };
                text += &format!("  {}: {linking}\n", program.path);
            }
            for statement in &platform.attestations {
                let kind = statement.predicate_type.as_deref();
                text += &format!("  attestation: {}\n", kind.unwrap_or(&statement.media_type));
            }
        }
        text
    }
}
