//! The tool `build`.

use rmcp::model::ToolAnnotations;

use super::super::tool::{CallContext, CallError, Tool, writes};
use super::{package, text};
use crate::operations::build::{self, BuildReport};
use crate::options::build::BuildOptions;
use crate::packing::layers::NoProgress;
use muslin_oci::transport::reference::Reference;

pub(super) struct Build;

#[derive(Debug, thiserror::Error)]
#[error(
    "a published package has no folder of its own that its image could go to; say in `to` of `image` where it goes"
)]
struct NoDestination;

impl Tool for Build {
    const NAME: &'static str = "build";
    const TITLE: &'static str = "Build a package into an image";
    const DESCRIPTION: &'static str = "Build a Rust package and make an OCI image of its binaries for linux/amd64 and linux/arm64. \
         Runs cargo, and with it the package's build scripts; needs a Rust toolchain. The first build of a \
         package takes minutes; progress tells what cargo compiles. A published `crate` needs `to` in `image`.";

    type Arguments = BuildOptions;
    type Report = BuildReport;

    fn annotations() -> ToolAnnotations {
        writes(Self::TITLE).open_world(true)
    }

    fn call(arguments: BuildOptions, context: &CallContext) -> Result<BuildReport, CallError> {
        let server = context.server;
        let processes = context.processes.clone();
        let mut request = arguments.request(&server.environment, server.cache_dir(), processes)?;
        if request.published.is_none() {
            package::confine(server, &mut request.selection)?;
        } else if request.output.destinations.is_empty() && !request.output.push {
            return Err(NoDestination.into());
        }
        if let Some(target_dir) = &mut request.cargo.target_dir {
            server.confine_path(target_dir)?;
        }
        let notice = |line: &str| context.log.write(line);
        let confine = |destination: &mut Reference| server.confine_destination(destination);
        Ok(build::build(&request, &notice, &confine, &NoProgress)?)
    }

    fn text(report: &BuildReport) -> String {
        text::packed(&report.image)
    }
}
