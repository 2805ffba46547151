//! The images of the local daemon: `docker load` and `docker save`.

use std::fs::File;
use std::io::{self, Seek};
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

use super::fault::Fault;
use super::machine::Machine;
use super::open::temporary;

/// Why the local daemon did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum DockerError {
    /// There is no such command.
    #[error(
        "cannot run `{program}`; install Docker, or use `docker-archive:FILE` and load the file \
         where Docker is"
    )]
    NoCommand {
        /// The program.
        program: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The command failed.
    #[error("`{command}` failed: {message}")]
    Failed {
        /// The program and its verb.
        command: String,
        /// What it said.
        message: String,
    },
    /// What it gave cannot be used.
    #[error("cannot read what `{command}` gave")]
    Output {
        /// The program and its verb.
        command: String,
        /// Why.
        source: io::Error,
    },
}

/// `docker save NAME`, as a file without a name.
pub(super) fn save(name: &str, machine: &Machine) -> Result<File, Fault> {
    let program = &machine.docker.program;
    let output = |source| DockerError::Output {
        command: format!("{program} save"),
        source,
    };
    let mut file = temporary(machine)?;
    let mut command = machine.docker.command("save");
    command.arg("--").arg(name).stdin(Stdio::null());
    command.stdout(file.try_clone().map_err(output)?);
    run(command, program, "save")?;
    file.rewind().map_err(output)?;
    Ok(file)
}

/// `docker load` from a file that stands at its start.
pub(super) fn load(archive: File, machine: &Machine) -> Result<(), DockerError> {
    let mut command = machine.docker.command("load");
    command.arg("--quiet").stdin(archive).stdout(Stdio::null());
    run(command, &machine.docker.program, "load")
}

fn run(mut command: Command, program: &Utf8Path, verb: &str) -> Result<(), DockerError> {
    let done = command.stderr(Stdio::piped()).spawn();
    let done = done.and_then(std::process::Child::wait_with_output);
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
