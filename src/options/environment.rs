//! The environment of this process: current directory, variables, cache folder.

use std::fs::{self, Permissions};
use std::num::NonZeroUsize;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use camino::{Utf8Path, Utf8PathBuf};

use crate::compile::Environment;
use crate::compile::env::var;
use crate::compile::process::Processes;
use muslin_oci::folder::Links;
use muslin_oci::transport::{CommandRunner, DockerCli, Host, Notice, Registries};
use muslin_registry::{Client, Limits, Settings};

/// The environment that the process was started in.
#[derive(Clone, Debug)]
pub(crate) struct ProcessEnvironment {
    /// The current directory, which relative paths start from.
    pub(crate) cwd: Utf8PathBuf,
    /// The environment variables.
    pub(crate) variables: Environment,
    /// The number of threads that compress a layer.
    pub(crate) threads: NonZeroUsize,
    /// Whether symlinks in the paths of images are followed.
    pub(crate) links: Links,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum EnvironmentError {
    #[error("the current folder's name is not UTF-8, or the folder is gone")]
    Cwd,
    #[error(
        "there is neither `HOME` nor `XDG_CACHE_HOME` to keep a cache in; set `MUSLIN_CACHE_DIR` to a folder"
    )]
    NoHome,
    #[error(
        "the cache folder `{path}` belongs to the user {owner}, and what is in it is run; set `MUSLIN_CACHE_DIR` or `--cache-dir` to a folder of your own"
    )]
    ForeignCache { path: Utf8PathBuf, owner: u32 },
    #[error(
        "everybody may write to the cache folder `{path}`, and what is in it is run; `chmod o= {path}`, or set `MUSLIN_CACHE_DIR` or `--cache-dir` to another folder"
    )]
    OpenCache { path: Utf8PathBuf },
}

/// Refuses a cache folder of another user but root, who may put programs into it. One that
/// everybody may write to, as a umask of 0 makes it, is closed to others.
fn check_owner(folder: &Utf8Path) -> Result<(), EnvironmentError> {
    const WRITABLE_BY_OTHERS: u32 = 0o002;
    let Ok(metadata) = folder.metadata() else {
        return Ok(());
    };
    let path = folder.to_owned();
    let owner = metadata.uid();
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        return Err(EnvironmentError::ForeignCache { path, owner });
    }
    if metadata.mode() & WRITABLE_BY_OTHERS == 0 {
        return Ok(());
    }
    let closed = Permissions::from_mode(metadata.mode() & 0o7770);
    fs::set_permissions(&path, closed).map_err(|_| EnvironmentError::OpenCache { path })
}

impl ProcessEnvironment {
    /// Reads the environment of this process.
    pub(crate) fn read() -> Result<Self, EnvironmentError> {
        let cwd = std::env::current_dir().ok();
        let cwd = cwd.and_then(|cwd| Utf8PathBuf::from_path_buf(cwd).ok());
        Ok(Self {
            cwd: cwd.ok_or(EnvironmentError::Cwd)?,
            variables: std::env::vars_os().collect(),
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            links: Links::Follow,
        })
    }

    /// A variable, if it is UTF-8 and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        var(&self.variables, name)
    }

    /// The host that images are read and written on. Cancelling `processes` cancels that, too.
    /// The registries of `insecure` may be asked without TLS.
    pub(crate) fn host(&self, processes: &Processes, insecure: &[String]) -> Host {
        let runner = processes.clone();
        let runner = CommandRunner::new(move |command| runner.errors(command));
        let listener = processes.clone();
        Host {
            registries: Registries::new(Client::new(Settings {
                environment: self.variables.clone(),
                insecure: insecure
                    .iter()
                    .map(|host| host.to_ascii_lowercase())
                    .collect(),
                runner: runner.clone(),
                cancellation: processes.cancellation().clone(),
                limits: Limits::default(),
            })),
            docker: DockerCli {
                program: "docker".into(),
                environment: self.variables.clone(),
                runner,
            },
            architecture: match std::env::consts::ARCH {
                "x86_64" => "amd64".to_owned(),
                "aarch64" => "arm64".to_owned(),
                other => other.to_owned(),
            },
            temporary: self.variable("TMPDIR").unwrap_or("/tmp").into(),
            links: self.links,
            cancellation: processes.cancellation().clone(),
            notice: Notice::new(move |line| listener.tell(line)),
        }
    }

    /// The cache folder: that of `--cache-dir`, else `muslin` in the cache folder of the
    /// user (XDG base directory specification).
    pub(crate) fn cache_dir(
        &self,
        option: Option<&Utf8Path>,
    ) -> Result<Utf8PathBuf, EnvironmentError> {
        let xdg = || {
            self.variable("XDG_CACHE_HOME")
                .map(|home| Utf8Path::new(home).join("muslin"))
        };
        let home = || {
            self.variable("HOME")
                .map(|home| Utf8Path::new(home).join(".cache/muslin"))
        };
        let folder = option.map(Utf8Path::to_owned).or_else(xdg).or_else(home);
        let folder = self.cwd.join(folder.ok_or(EnvironmentError::NoHome)?);
        check_owner(&folder)?;
        Ok(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cache_that_everybody_may_write_to_is_closed_to_others() {
        let scratch = tempfile::tempdir().unwrap();
        let cache = Utf8Path::from_path(scratch.path()).unwrap();
        fs::set_permissions(cache, Permissions::from_mode(0o777)).unwrap();
        assert!(check_owner(cache).is_ok());
        assert_eq!(cache.metadata().unwrap().mode() & 0o777, 0o770);
    }
}
