//! What surrounds the process, read once.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::num::NonZeroUsize;

use camino::{Utf8Path, Utf8PathBuf};

use super::Failure;
use muslin_oci::transport::{DockerCli, Host};

/// The current folder and the variables.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) cwd: Utf8PathBuf,
    pub(super) environment: BTreeMap<OsString, OsString>,
    pub(super) threads: NonZeroUsize,
}

/// A process that cannot work.

#[derive(Debug, thiserror::Error)]
enum WorldError {
    #[error("the current folder's name is not UTF-8, or the folder is gone")]
    Cwd,
    #[error(
        "there is neither `HOME` nor `XDG_CACHE_HOME` to keep a cache in; set `MUSLIN_CACHE_DIR` to a folder"
    )]
    NoHome,
}

impl World {
    pub(super) fn of_this_process() -> Result<Self, Failure> {
        let cwd = std::env::current_dir().ok();
        let cwd = cwd.and_then(|cwd| Utf8PathBuf::from_path_buf(cwd).ok());
        Ok(Self {
            cwd: cwd.ok_or(WorldError::Cwd)?,
            environment: std::env::vars_os().collect(),
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        })
    }

    /// What images are read and written with.
    pub(super) fn host(&self) -> Host {
        Host {
            docker: DockerCli {
                program: "docker".into(),
                environment: self.environment.clone(),
            },
            architecture: match std::env::consts::ARCH {
                "x86_64" => "amd64".to_owned(),
                "aarch64" => "arm64".to_owned(),
                other => other.to_owned(),
            },
            temporary: self.variable("TMPDIR").unwrap_or("/tmp").into(),
        }
    }

    /// A variable, if it is text and not empty.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        let value = self.environment.get(OsStr::new(name))?.to_str()?;
        (!value.is_empty()).then_some(value)
    }

    /// Where muslin keeps layers, tools and standard libraries: what is asked for,
    /// else where the XDG base directory specification says.
    pub(super) fn cache_dir(&self, asked: Option<&Utf8Path>) -> Result<Utf8PathBuf, Failure> {
        let xdg = || {
            self.variable("XDG_CACHE_HOME")
                .map(|home| Utf8Path::new(home).join("muslin"))
        };
        let home = || {
            self.variable("HOME")
                .map(|home| Utf8Path::new(home).join(".cache/muslin"))
        };
        let chosen = asked.map(Utf8Path::to_owned).or_else(xdg).or_else(home);
        let chosen = chosen.ok_or(WorldError::NoHome)?;
        Ok(self.cwd.join(chosen))
    }
}
