//! Confines the package that a tool selects.

use super::super::options::ServerOptions;
use super::super::tool::CallError;
use crate::package::find::{self, Selection};

/// Confines the path of a selection, and checks that the package found by it is in the
/// allowed folders, with its workspace: the nearest manifest may lie above them.
pub(super) fn confine(server: &ServerOptions, selection: &mut Selection) -> Result<(), CallError> {
    if let Some(path) = &mut selection.path {
        server.confine_path(path)?;
    }
    let package = find::find(&server.environment.cwd, selection)?;
    server.folders.allow(&package.workspace_root)?;
    server.folders.allow(&package.manifest_path)?;
    Ok(())
}
