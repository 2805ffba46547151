//! The tool `copy`.

use rmcp::model::ToolAnnotations;

use super::super::tool::{CallContext, CallError, Tool, writes};
use crate::operations::copy::{self, CopyReport};
use crate::options::copy::CopyOptions;

pub(super) struct Copy;

impl Tool for Copy {
    const NAME: &'static str = "copy";
    const TITLE: &'static str = "Copy an image";
    const DESCRIPTION: &'static str = "Copy an image from one place to another, with all platforms and the digests that it has. A registry \
         gets only what it lacks; it must be one that the server was started with.";

    type Arguments = CopyOptions;
    type Report = CopyReport;

    fn annotations() -> ToolAnnotations {
        writes(Self::TITLE).open_world(true)
    }

    fn call(arguments: CopyOptions, context: &CallContext) -> Result<CopyReport, CallError> {
        let server = context.server;
        let mut request = arguments.request(&server.environment, &context.processes)?;
        server.confine_image(&mut request.source.reference)?;
        server.confine_image(&mut request.destination)?;
        Ok(copy::copy(&request)?)
    }

    fn text(report: &CopyReport) -> String {
        format!(
            "{} for {}: {} written, {} there already\n",
            report.reference,
            report.platforms.join(", "),
            report.written,
            report.kept
        )
    }
}
