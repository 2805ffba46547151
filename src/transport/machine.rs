//! What of this machine reading and writing needs, as arguments.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::Command;

use camino::Utf8PathBuf;

/// The parts of this machine that images are read and written with.
#[derive(Clone, Debug)]
pub struct Machine {
    /// How the local daemon is reached.
    pub docker: Docker,
    /// The architecture in OCI's words, such as `amd64`: of an image for several
    /// platforms the local daemon gets the one that it can run.
    pub architecture: String,
    /// Where files stand that are needed for the time of a call, such as `/tmp`.
    pub temporary: Utf8PathBuf,
}

/// How the local daemon is reached.
#[derive(Clone, Debug)]
pub struct Docker {
    /// The command: `docker`, or one that understands `load` and `save`.
    pub program: Utf8PathBuf,
    /// All its variables, such as `DOCKER_HOST`.
    pub environment: BTreeMap<OsString, OsString>,
}

impl Docker {
    pub(super) fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(verb).env_clear().envs(&self.environment);
        command
    }
}
