//! Path prefixes to remap, so that executables contain no path of the build machine.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::config::CargoConfig;
use crate::compile::env::cargo_home;
use crate::compile::request::CompileRequest;
use crate::compile::toolchain::installed::Toolchain;
use crate::compile::toolchain::musl_std::MuslStd;

/// Stands for the workspace root in panic messages and debug information.
const WORKSPACE: &str = "/workspace";
/// Stands for the directories of dependencies.
const CRATES: &str = "/crates";

/// Path prefixes of this machine, and what each is remapped to. A directory comes before those
/// in it, because the last `--remap-path-prefix` that matches wins.
pub(super) fn path_remaps(
    request: &CompileRequest,
    toolchain: &Toolchain,
    std: &MuslStd,
    config: &CargoConfig,
    build_dir: Option<&Utf8PathBuf>,
    registry_sources: &[Utf8PathBuf],
) -> BTreeMap<Utf8PathBuf, String> {
    let workspace = &request.workspace_root;
    let git = cargo_home(&request.environment).join("git/checkouts");
    let mut remaps = BTreeMap::from([
        (workspace.clone(), WORKSPACE.to_owned()),
        (workspace.join("vendor"), CRATES.to_owned()),
        (git, CRATES.to_owned()),
        (
            std.rust_src.clone(),
            format!("/rustc/{}", toolchain.commit()),
        ),
    ]);
    for directory in target_directories(request, config, build_dir) {
        remaps.insert(directory, format!("{WORKSPACE}/target"));
    }
    for directory in registry_sources {
        remaps.insert(directory.clone(), CRATES.to_owned());
    }
    remaps
}

/// The directories that cargo builds in. They contain what build scripts generate.
pub(super) fn target_directories(
    request: &CompileRequest,
    config: &CargoConfig,
    build_dir: Option<&Utf8PathBuf>,
) -> Vec<Utf8PathBuf> {
    let asked = request.cargo.target_dir.as_ref();
    let target_dir = asked
        .map(|directory| request.cwd.join(directory))
        .or_else(|| config.target_dir.clone())
        .unwrap_or_else(|| request.workspace_root.join("target"));
    [target_dir].into_iter().chain(build_dir.cloned()).collect()
}
