//! `docker-daemon:NAME:TAG`: a pipe to `docker load`.

use std::io::Read as _;
use std::process::{Command, Stdio};

use super::{Docker, WriteError, docker_archive};
use crate::image::multi_platform::PlatformImage;

pub(super) fn write(
    docker: &Docker,
    image: &PlatformImage,
    names: &[String],
) -> Result<(), WriteError> {
    let no_docker = |source| WriteError::NoDocker {
        program: docker.program.clone(),
        source,
    };
    let mut child = Command::new(&docker.program)
        .args(["load", "--quiet"])
        .env_clear()
        .envs(&docker.environment)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(no_docker)?;
    let mut input = child.stdin.take().expect("its input is piped");
    let written = docker_archive::write(&mut input, image, names);
    drop(input);
    let mut said = String::new();
    if let Some(mut errors) = child.stderr.take() {
        // What it says is only for the message.
        let _ = errors.read_to_string(&mut said);
    }
    let status = child.wait().map_err(no_docker)?;
    if !status.success() {
        return Err(WriteError::Docker {
            program: docker.program.clone(),
            message: said.trim().to_owned(),
        });
    }
    // A daemon that was content did not need what could not be written.
    written
}
