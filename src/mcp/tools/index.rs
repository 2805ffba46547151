//! The tool `index`.

use rmcp::model::ToolAnnotations;

use super::super::tool::{CallContext, CallError, Tool, writes};
use super::text::platform_line;
use crate::operations::index::{JoinReport, join};
use crate::options::index::IndexOptions;

pub(super) struct Index;

impl Tool for Index {
    const NAME: &'static str = "index";
    const TITLE: &'static str = "Join images of single platforms";
    const DESCRIPTION: &'static str =
        "Join images of single platforms under one index. Their configs stay the same bytes.";

    type Arguments = IndexOptions;
    type Report = JoinReport;

    fn annotations() -> ToolAnnotations {
        writes(Self::TITLE).open_world(false)
    }

    fn call(arguments: IndexOptions, context: &CallContext) -> Result<JoinReport, CallError> {
        let server = context.server;
        let mut request = arguments.request(&server.environment, &context.processes)?;
        server.confine_images(&mut request.sources)?;
        server.confine_image(&mut request.destination)?;
        Ok(join(&request)?)
    }

    fn text(report: &JoinReport) -> String {
        let mut text = format!("{} is {}\n", report.reference, report.digest);
        for platform in &report.platforms {
            text += &platform_line(
                &platform.platform,
                platform.compressed_size,
                platform.layers,
            );
        }
        text
    }
}
