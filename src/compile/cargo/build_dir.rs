//! `build.build-dir` with template variables, which cargo alone can fill in.

use std::process::{Command, Stdio};

use camino::Utf8PathBuf;
use serde::Deserialize;

use super::error::CargoError;
use crate::compile::request::CompileRequest;
use crate::compile::toolchain::installed::Toolchain;

/// What `cargo metadata` says of a workspace's directories.
#[derive(Deserialize)]
struct Metadata {
    build_directory: Option<Utf8PathBuf>,
}

/// The directory in which cargo puts intermediate artifacts. `None` where cargo is too old to
/// say it.
///
/// # Errors
/// cargo cannot be run, or refuses the package.
pub fn ask(
    request: &CompileRequest,
    toolchain: &Toolchain,
) -> Result<Option<Utf8PathBuf>, CargoError> {
    let mut command = Command::new(&toolchain.cargo);
    command
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .args(["--manifest-path", request.manifest_path.as_str()])
        .current_dir(&request.cwd)
        .env_clear()
        .envs(&request.environment)
        .env("RUSTC", &toolchain.rustc)
        .stdin(Stdio::null());
    let output = request.processes.output(&mut command);
    let output = output.map_err(|source| CargoError::Run {
        cargo: toolchain.cargo.clone(),
        source,
    })?;
    if !output.status.success() {
        return Err(CargoError::Metadata(
            String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        ));
    }
    let metadata = serde_json::from_slice::<Metadata>(&output.stdout);
    Ok(metadata.ok().and_then(|metadata| metadata.build_directory))
}
