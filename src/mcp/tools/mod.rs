//! The tools, one file each.

mod build;
mod copy;
mod index;
mod inspect;
mod pack;
mod package;
mod setup_check;
mod text;

use super::tool::RegisteredTool;

/// Every tool, in the order of `tools/list`.
pub(super) fn all() -> Vec<RegisteredTool> {
    vec![
        RegisteredTool::of::<build::Build>(),
        RegisteredTool::of::<pack::Pack>(),
        RegisteredTool::of::<index::Index>(),
        RegisteredTool::of::<copy::Copy>(),
        RegisteredTool::of::<inspect::Inspect>(),
        RegisteredTool::of::<setup_check::SetupCheck>(),
    ]
}
