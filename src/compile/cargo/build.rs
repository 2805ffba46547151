//! Running `cargo build` and collecting the executables that it made.

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

/// Runs cargo and returns each binary for each platform, and all artifacts. Progress and
/// diagnostics go to stderr.
///
/// # Errors
/// What [`CargoError`] says.
pub fn run(
    invocation: &Invocation,
    request: &CompileRequest,
) -> Result<(Vec<BuiltExecutable>, Vec<Artifact>), CargoError> {
    // If it cannot be made, an error gives no advice on links.
    let failed_links = tempfile::NamedTempFile::new().ok();
    let failed_links = failed_links.as_ref().map(tempfile::NamedTempFile::path);
    let mut command = Command::new(&invocation.cargo);
    command
        .args(&invocation.arguments)
        .current_dir(&invocation.cwd)
        .env_clear()
        .envs(&invocation.environment)
        .envs(failed_links.map(|path| (FAILED_LINKS_VARIABLE, path)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let running = request.processes.spawn(&mut command);
    let mut running = running.map_err(|source| CargoError::Run {
        cargo: invocation.cargo.clone(),
        source,
    })?;
    let messages =
        Messages::read(BufReader::new(running.stdout())).map_err(CargoError::Messages)?;
    let status = running.wait().map_err(CargoError::Messages)?;
    if !status.success() {
        let noted = failed_links.and_then(|path| path.metadata().ok());
        let link_failed = noted.is_some_and(|file| file.len() > 0);
        return Err(if link_failed || messages.has_failed_build_script() {
            CargoError::failed_for_musl(request)
        } else {
            CargoError::failed(request)
        });
    }
    let artifacts = messages.artifacts;
    let mut executables = Vec::new();
    for &platform in &request.platforms {
        for bin in &request.bins {
            let is_wanted = |artifact: &&Artifact| {
                artifact.target.is_bin()
                    && artifact.target.name == *bin
                    && artifact::is_for(artifact, platform.rust_target())
            };
            let found = artifacts.iter().find(is_wanted);
            let path = found.and_then(|artifact| artifact.executable.clone());
            let path = path.ok_or_else(|| CargoError::MissingExecutable {
                bin: bin.clone(),
                platform,
            })?;
            executables.push(BuiltExecutable {
                platform,
                bin: bin.clone(),
                path,
            });
        }
    }
    Ok((executables, artifacts))
}

/// cargo's target directory: the parent of the directories `TARGET/PROFILE` of the executables.
#[must_use]
pub fn target_directory(executables: &[BuiltExecutable], workspace_root: &Utf8Path) -> Utf8PathBuf {
    let parent_of_target = |built: &BuiltExecutable| {
        let target = built.platform.rust_target();
        let directory = built
            .path
            .ancestors()
            .find(|directory| directory.file_name() == Some(target))?;
        directory.parent().map(Utf8Path::to_owned)
    };
    executables
        .first()
        .and_then(parent_of_target)
        .unwrap_or_else(|| workspace_root.join("target"))
}
