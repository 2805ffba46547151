//! The images of the local daemon: `docker load` and `docker save`.

use std::fs::File;
use std::io::Seek;
use std::process::{Command, Stdio};

use camino::Utf8Path;

use super::archive::ArchiveIndex;
use super::error::{DockerError, ReadErrorKind};
use super::host::Host;

/// The files that `docker save NAME` gives.
pub(super) fn save(name: &str, host: &Host) -> Result<ArchiveIndex, ReadErrorKind> {
    let program = &host.docker.program;
    let output = |source| DockerError::Output {
        command: format!("{program} save"),
        source,
    };
    let mut file = host
        .temporary_file()
        .map_err(|source| ReadErrorKind::Temporary {
            folder: host.temporary.clone(),
            source,
        })?;
    let mut command = host.docker.command("save");
    command.arg("--").arg(name).stdin(Stdio::null());
    command.stdout(file.try_clone().map_err(output)?);
    run(command, host, "save")?;
    file.rewind().map_err(output)?;
    ArchiveIndex::new(file, Utf8Path::new("docker save"), &host.cancellation)
}

/// `docker load` from a file, which is read from its present position.
pub(super) fn load(archive: File, host: &Host) -> Result<(), DockerError> {
    let mut command = host.docker.command("load");
    command.arg("--quiet").stdin(archive).stdout(Stdio::null());
    run(command, host, "load")
}

fn run(mut command: Command, host: &Host, verb: &str) -> Result<(), DockerError> {
    let program = &host.docker.program;
    let done = host.docker.runner.run(command.stderr(Stdio::piped()));
    // Whatever became of it: it was killed.
    host.cancellation.check()?;
    let done = done.map_err(|source| DockerError::NoCommand {
        program: program.to_owned(),
        source,
    })?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let message = match said.trim() {
        "" => done.status.to_string(),
        said => said.to_owned(),
    };
    Err(DockerError::Failed {
        command: format!("{program} {verb}"),
        message,
    })
}
