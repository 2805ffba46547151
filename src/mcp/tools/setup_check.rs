//! The tool `setup_check`: `muslin setup --check`.

use rmcp::model::ToolAnnotations;

use super::super::tool::{CallContext, CallError, Tool, reads};
use crate::operations::setup::{self, SetupReport};
use crate::options::setup::SetupOptions;

pub(super) struct SetupCheck;

impl Tool for SetupCheck {
    const NAME: &'static str = "setup_check";
    const TITLE: &'static str = "Check what a build needs";
    const DESCRIPTION: &'static str = "Say what this machine lacks for a build: a Rust toolchain with a musl standard library, zig, sccache. \
         Changes nothing; `build` sets up what is missing.";

    type Arguments = SetupOptions;
    type Report = SetupReport;

    fn annotations() -> ToolAnnotations {
        reads(Self::TITLE).open_world(false)
    }

    fn call(mut arguments: SetupOptions, context: &CallContext) -> Result<SetupReport, CallError> {
        let server = context.server;
        if let Some(path) = &mut arguments.path {
            server.confine_path(path)?;
        }
        let processes = context.processes.clone();
        let mut request = arguments.request(&server.environment, server.cache_dir(), processes)?;
        request.check_only = true;
        request.offline = true;
        Ok(setup::setup(&request, &|line| context.log.write(line))?)
    }

    fn text(report: &SetupReport) -> String {
        let mut text = String::new();
        for item in &report.items {
            let state = match (item.ready, item.optional) {
                (true, _) => "ready",
                (false, true) => "optional",
                (false, false) => "missing",
            };
            text += &format!("{}: {state}: {}\n", item.name, item.detail);
        }
        text
    }
}
