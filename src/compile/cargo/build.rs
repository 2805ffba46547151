//! Running `cargo build` and collecting the executables that it made.

use std::fs;
use std::io::BufReader;
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use muslin_auditable::artifact::{self, Artifact};

use super::error::CargoError;
use super::invocation::Invocation;
use super::messages::Messages;
use crate::compile::linker::FAILED_LINKS_VARIABLE;
use crate::compile::request::CompileRequest;
use crate::platform::TargetPlatform;

/// A binary that was compiled for a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltExecutable {
    /// The platform.
    pub platform: TargetPlatform,
    /// The name of the binary.
    pub bin: String,
    /// The path of the executable.
    pub path: Utf8PathBuf,
}

/// What cargo has built.
#[derive(Debug)]
pub struct Built {
    /// Each binary for each platform.
    pub executables: Vec<BuiltExecutable>,
    /// All artifacts.
    pub artifacts: Vec<Artifact>,
    /// The directories in which build scripts let the linker search for libraries.
    pub library_directories: Vec<Utf8PathBuf>,
}

/// Runs cargo. Progress and
/// diagnostics go to stderr. `failed_links` is the path of a file that is there for a while if a
/// link fails.
///
/// # Errors
/// What [`CargoError`] says.
pub fn run(
    invocation: &Invocation,
    request: &CompileRequest,
    failed_links: &Utf8Path,
) -> Result<Built, CargoError> {
    // What a build before has left says nothing of this one.
    let _ = fs::remove_file(failed_links);
    let mut command = Command::new(&invocation.cargo);
    command
        .args(&invocation.arguments)
        .current_dir(&invocation.cwd)
        .env_clear()
        .envs(&invocation.environment)
        .env(FAILED_LINKS_VARIABLE, failed_links)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let running = request.processes.spawn(&mut command);
    let mut running = running.map_err(|source| CargoError::Run {
        cargo: invocation.cargo.clone(),
        source,
    })?;
    let messages =
        Messages::read(BufReader::new(running.stdout())).map_err(CargoError::Messages)?;
    let status = running.wait().map_err(|source| CargoError::Run {
        cargo: invocation.cargo.clone(),
        source,
    })?;
    if !status.success() {
        let link_failed = fs::remove_file(failed_links).is_ok();
        let scripts = messages.failed_build_scripts();
        return Err(if link_failed || !scripts.is_empty() {
            CargoError::failed_for_musl(request, scripts)
        } else {
            CargoError::failed(request)
        });
    }
    let artifacts = messages.artifacts;
    let mut executables = Vec::new();
    for &platform in &request.platforms {
        for bin in &request.bins {
            let triple = platform.rust_target();
            let mut found = artifacts
                .iter()
                .filter_map(|artifact| artifact::executable_for(artifact, bin, triple));
            let path = found.next().ok_or_else(|| CargoError::MissingExecutable {
                bin: bin.clone(),
                platform,
            })?;
            executables.push(BuiltExecutable {
                platform,
                bin: bin.clone(),
                path: path.to_owned(),
            });
        }
    }
    Ok(Built {
        executables,
        artifacts,
        library_directories: messages.library_directories,
    })
}

/// cargo's target directory, where the executables are `TARGET/PROFILE/BIN`.
#[must_use]
pub fn target_directory(executables: &[BuiltExecutable], workspace_root: &Utf8Path) -> Utf8PathBuf {
    let directory = executables
        .first()
        .and_then(|built| built.path.ancestors().nth(3));
    directory.map_or_else(|| workspace_root.join("target"), Utf8Path::to_owned)
}
