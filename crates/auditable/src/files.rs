//! Adding the list of crates to executables that cargo has built elsewhere: from files.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use crate::artifact;
use crate::list::{self, ListError};
use crate::lockfile::Lockfile;
use crate::manifest;
use crate::section::{self, SectionError};

/// Why an executable did not get its list of crates.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum FileError {
    #[error("cannot read `{}`", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("`{}` is not a lock file", path.display())]
    Lockfile {
        path: PathBuf,
        source: toml::de::Error,
    },
    #[error(transparent)]
    List(#[from] ListError),
    #[error("cannot add the list of crates to `{}`", path.display())]
    Add { path: PathBuf, source: SectionError },
    #[error("cannot write `{}`", path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// Adds its list of crates to each executable, which has the name of its binary. `messages` has
/// what `cargo build --message-format json` printed, `lock` is the workspace's `Cargo.lock`. An
/// executable that has a list keeps it.
///
/// # Errors
/// What [`FileError`] says.
pub fn add_to_files(
    messages: &Path,
    lock: &Path,
    triple: &str,
    executables: &[PathBuf],
) -> Result<(), FileError> {
    let cannot_read = |path: &Path| {
        let path = path.to_owned();
        move |source| FileError::Read { path, source }
    };
    let file = fs::File::open(messages).map_err(cannot_read(messages))?;
    let artifacts = artifact::read(BufReader::new(file)).map_err(cannot_read(messages))?;
    let text = fs::read_to_string(lock).map_err(cannot_read(lock))?;
    let lockfile = Lockfile::parse(&text).map_err(|source| FileError::Lockfile {
        path: lock.to_owned(),
        source,
    })?;
    for path in executables {
        let bin = path.file_name().unwrap_or_default().to_string_lossy();
        let artifacts = artifact::for_one_target(&artifacts, &bin, triple);
        let list = list::dependency_list(&artifacts, &lockfile, &bin, triple, &dev_only)?;
        let content = fs::read(path).map_err(cannot_read(path))?;
        let with_list = section::encode(&list)
            .and_then(|section| section::add(&content, &section))
            .map_err(|source| FileError::Add {
                path: path.clone(),
                source,
            })?;
        if let Some(with_list) = with_list {
            replace(path, &with_list).map_err(|source| FileError::Write {
                path: path.clone(),
                source,
            })?;
        }
    }
    Ok(())
}

/// Replaces the content of a file as a whole: it may be the program that runs.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".with-crates");
    let unfinished = path.with_file_name(name);
    let written = fs::write(&unfinished, content)
        .and_then(|()| fs::set_permissions(&unfinished, fs::metadata(path)?.permissions()))
        .and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// Names of the dependencies that only tests have. Cargo has read the manifest, so it can be read.
pub fn dev_only(manifest_path: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(manifest_path).unwrap_or_default();
    manifest::dev_only(&text).unwrap_or_default()
}
