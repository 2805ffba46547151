//! The tool `pack`.

use rmcp::model::ToolAnnotations;

use super::super::tool::{CallContext, CallError, Tool, writes};
use super::{package, text};
use crate::operations::pack::{self, PackReport};
use crate::options::pack::PackOptions;
use crate::package::find::{FindError, Selection};
use crate::packing::layers::NoProgress;
use muslin_oci::transport::reference::Reference;

pub(super) struct Pack;

impl Tool for Pack {
    const NAME: &'static str = "pack";
    const TITLE: &'static str = "Pack executables into an image";
    const DESCRIPTION: &'static str = "Make an OCI image of static executables that were built elsewhere. Needs neither a toolchain nor a \
         container engine.";

    type Arguments = PackOptions;
    type Report = PackReport;

    fn annotations() -> ToolAnnotations {
        writes(Self::TITLE).open_world(false)
    }

    fn call(arguments: PackOptions, context: &CallContext) -> Result<PackReport, CallError> {
        let server = context.server;
        let mut request =
            arguments.request(&server.environment, server.cache_dir(), &context.processes)?;
        let selects_none = request.selection == Selection::default();
        match package::confine(server, &mut request.selection) {
            Err(error) if selects_none && is_no_manifest(&error) => {}
            confined => confined?,
        }
        for (_, path) in &mut request.executables {
            server.confine_path(path)?;
        }
        let confine = |destination: &mut Reference| server.confine_destination(destination);
        Ok(pack::pack(&request, &confine, &NoProgress)?)
    }

    fn text(report: &PackReport) -> String {
        text::packed(report)
    }
}

/// Whether there is no package, which executables can be packed without.
fn is_no_manifest(error: &CallError) -> bool {
    matches!(error.downcast_ref(), Some(FindError::NoManifest(_)))
}
