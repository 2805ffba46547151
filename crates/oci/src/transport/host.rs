//! What reading and writing images needs of the host, as arguments.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::process::Command;

use camino::Utf8PathBuf;

/// The host that images are read and written on.
#[derive(Clone, Debug)]
pub struct Host {
    /// How the local Docker daemon is reached.
    pub docker: DockerCli,
    /// The architecture as OCI names it, such as `amd64`: of an image for several platforms
    /// the Docker daemon gets the one that it can run.
    pub architecture: String,
    /// The folder for temporary files, such as `/tmp`.
    pub temporary: Utf8PathBuf,
}

impl Host {
    /// A temporary file without a name, which is gone once it is closed.
    pub(super) fn temporary_file(&self) -> io::Result<File> {
        tempfile::tempfile_in(&self.temporary)
    }
}

/// The Docker command line and its environment.
#[derive(Clone, Debug)]
pub struct DockerCli {
    /// The program: `docker`, or one that understands `load` and `save`.
    pub program: Utf8PathBuf,
    /// The whole environment of the program, such as `DOCKER_HOST`.
    pub environment: BTreeMap<OsString, OsString>,
}

impl DockerCli {
    pub(super) fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(verb).env_clear().envs(&self.environment);
        command
    }
}
