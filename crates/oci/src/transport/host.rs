//! What reading and writing images needs of the host, as arguments.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io;
use std::process::{Command, Output};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::registry::Registries;
use crate::cancellation::Cancellation;
use crate::file_lock;
use crate::folder::Links;

/// The host that images are read and written on.
#[derive(Clone, Debug)]
pub struct Host {
    /// How the local Docker daemon is reached.
    pub docker: DockerCli,
    /// How registries are reached.
    pub registries: Registries,
    /// The architecture as OCI names it, such as `amd64`: of an image for several platforms
    /// the Docker daemon gets the one that it can run.
    pub architecture: String,
    /// The folder for temporary files, such as `/tmp`.
    pub temporary: Utf8PathBuf,
    /// Whether symlinks in the paths of images, and within image layouts, are followed.
    pub links: Links,
    /// Cancels reading, writing and waiting.
    pub cancellation: Cancellation,
    /// Is told what is waited for.
    pub notice: Notice,
}

impl Host {
    /// A temporary file without a name, which is gone once it is closed.
    pub(crate) fn temporary_file(&self) -> io::Result<File> {
        tempfile::tempfile_in(&self.temporary)
    }

    /// Waits until no other process writes to this path, whose lock is that of `file`.
    pub(super) fn lock(&self, file: &File, path: &Utf8Path) -> io::Result<()> {
        file_lock::lock(file, &self.cancellation, || {
            self.notice.tell(&format!(
                "waiting until no other process writes to `{path}`"
            ));
        })
    }
}

/// Takes lines for people. The default drops them.
#[derive(Clone)]
pub struct Notice(Arc<dyn Fn(&str) + Send + Sync>);

impl Notice {
    /// Calls this with each line.
    pub fn new(tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    fn tell(&self, line: &str) {
        (self.0)(line);
    }
}

impl Default for Notice {
    fn default() -> Self {
        Self::new(|_| ())
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Notice").finish_non_exhaustive()
    }
}

/// The Docker command line and its environment.
#[derive(Clone, Debug)]
pub struct DockerCli {
    /// The program: `docker`, or one that understands `load` and `save`.
    pub program: Utf8PathBuf,
    /// The whole environment of the program, such as `DOCKER_HOST`.
    pub environment: BTreeMap<OsString, OsString>,
    /// Runs the program.
    pub runner: CommandRunner,
}

impl DockerCli {
    pub(super) fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(verb).env_clear().envs(&self.environment);
        command
    }
}

/// Runs a command with its stdin and stdout; gives its status and what it wrote to stderr. The
/// default cannot be cancelled.
#[derive(Clone)]
pub struct CommandRunner(Arc<RunCommand>);

type RunCommand = dyn Fn(&mut Command) -> io::Result<Output> + Send + Sync;

impl CommandRunner {
    /// Runs commands so.
    pub fn new(run: impl Fn(&mut Command) -> io::Result<Output> + Send + Sync + 'static) -> Self {
        Self(Arc::new(run))
    }

    /// Runs this command.
    ///
    /// # Errors
    /// It cannot be started, or is ended.
    pub fn run(&self, command: &mut Command) -> io::Result<Output> {
        (self.0)(command)
    }
}

impl Default for CommandRunner {
    fn default() -> Self {
        Self::new(Command::output)
    }
}

impl fmt::Debug for CommandRunner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CommandRunner")
            .finish_non_exhaustive()
    }
}
