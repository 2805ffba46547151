//! The tools: their names, schemas and hints (Model Context Protocol, "Tools").

use rmcp::model::{Tool, ToolAnnotations};

use super::arguments::{
    BuildArguments, IndexArguments, InspectArguments, PackArguments, SetupArguments,
};
use crate::operations::build::BuildReport;
use crate::operations::index::JoinReport;
use crate::operations::inspect::InspectReport;
use crate::operations::pack::PackReport;
use crate::operations::setup::SetupReport;

/// Every tool, in the order in which they are listed.
pub(super) fn all() -> Vec<Tool> {
    let tool = |name: &'static str, description: &'static str| {
        Tool::new(name, description, serde_json::Map::new())
    };
    // An image goes where it is sent, and what was there is gone: the same image again
    // changes nothing.
    let writes = |title: &str| {
        ToolAnnotations::with_title(title)
            .read_only(false)
            .destructive(true)
            .idempotent(true)
    };
    let reads = |title: &str| ToolAnnotations::with_title(title).read_only(true);
    vec![
        tool(
            "build",
            "Build a Rust package and make an OCI image of its binaries for linux/amd64 and linux/arm64. \
             Runs cargo, and with it the package's build scripts; needs a Rust toolchain. The first build of a \
             package takes minutes; progress tells what cargo compiles.",
        )
        .with_title("Build a package into an image")
        .with_input_schema::<BuildArguments>()
        .with_output_schema::<BuildReport>()
        .with_annotations(writes("Build a package into an image").open_world(true)),
        tool(
            "pack",
            "Make an OCI image of static executables that were built elsewhere. Needs neither a toolchain nor a \
             container engine.",
        )
        .with_title("Pack executables into an image")
        .with_input_schema::<PackArguments>()
        .with_output_schema::<PackReport>()
        .with_annotations(writes("Pack executables into an image").open_world(false)),
        tool(
            "index",
            "Join images of single platforms under one index. Their configs stay the same bytes.",
        )
        .with_title("Join images of single platforms")
        .with_input_schema::<IndexArguments>()
        .with_output_schema::<JoinReport>()
        .with_annotations(writes("Join images of single platforms").open_world(false)),
        tool(
            "inspect",
            "Show what an image holds: platforms, layers, sizes, labels, user, entrypoint, files, whether its \
             programs are static, and the crates in them. Every layer is read and every digest checked.",
        )
        .with_title("Inspect an image")
        .with_input_schema::<InspectArguments>()
        .with_output_schema::<InspectReport>()
        .with_annotations(reads("Inspect an image").open_world(false)),
        tool(
            "setup_check",
            "Say what this machine lacks for a build: a Rust toolchain with a musl standard library, zig, sccache. \
             Changes nothing; `build` sets up what is missing.",
        )
        .with_title("Check what a build needs")
        .with_input_schema::<SetupArguments>()
        .with_output_schema::<SetupReport>()
        .with_annotations(reads("Check what a build needs").open_world(false)),
    ]
}
