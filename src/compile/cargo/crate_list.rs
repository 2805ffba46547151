//! The list of crates in an executable (`.dep-v0` of cargo-auditable), added after the link.

use std::fs;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use muslin_auditable::artifact::{self, Artifact};
use muslin_auditable::files::dev_only;
use muslin_auditable::list::{self, ListError};
use muslin_auditable::lockfile::Lockfile;
use muslin_auditable::section::{self, SectionError};

use super::build::BuiltExecutable;
use crate::compile::openssl::built::package;
use crate::compile::openssl::needed::OPENSSL_SYS;
use crate::compile::request::CompileRequest;

/// The directory in cargo's target directory that has the executables with their lists. Those
/// that cargo wrote stay as they are: it may compare them.
const DIRECTORY: &str = "muslin-executables";

/// Why an executable did not get its list of crates.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum CrateListError {
    #[error("cannot read `{path}` for the list of crates")]
    Read {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("`{path}` is not a lock file")]
    Lockfile {
        path: Utf8PathBuf,
        source: toml::de::Error,
    },
    #[error("cannot make the list of crates")]
    List(#[from] ListError),
    #[error("cannot add the list of crates to `{path}`")]
    Add {
        path: Utf8PathBuf,
        source: SectionError,
    },
    #[error("cannot write `{path}`")]
    Write {
        path: Utf8PathBuf,
        source: io::Error,
    },
}

/// Adds its list of crates to each executable, in a copy below `target_directory`, and makes the
/// executables lead to the copies. An executable that has a list keeps it. `openssl` are the targets for
/// which muslin's OpenSSL is linked: its source is in the list, where the executable has `openssl-sys`.
///
/// # Errors
/// What [`CrateListError`] says.
pub fn add_to_all(
    executables: &mut [BuiltExecutable],
    artifacts: &[Artifact],
    request: &CompileRequest,
    target_directory: &Utf8Path,
    openssl: &[&str],
) -> Result<(), CrateListError> {
    let path = request.workspace_root.join("Cargo.lock");
    let text = fs::read_to_string(&path).map_err(|source| CrateListError::Read {
        path: path.clone(),
        source,
    })?;
    let lockfile =
        Lockfile::parse(&text).map_err(|source| CrateListError::Lockfile { path, source })?;
    let add = |executable| add_one(executable, artifacts, &lockfile, target_directory, openssl);
    std::thread::scope(|scope| {
        let tasks: Vec<_> = executables
            .iter_mut()
            .map(|executable| scope.spawn(|| add(executable)))
            .collect();
        tasks.into_iter().try_for_each(|task| {
            task.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })
}

/// As [`add_to_all`], for one executable.
fn add_one(
    executable: &mut BuiltExecutable,
    artifacts: &[Artifact],
    lockfile: &Lockfile,
    target_directory: &Utf8Path,
    openssl: &[&str],
) -> Result<(), CrateListError> {
    let triple = executable.platform.rust_target();
    let artifacts = artifact::for_one_target(artifacts, &executable.bin, triple);
    let mut list = list::dependency_list(&artifacts, lockfile, &executable.bin, triple, &dev_only)?;
    if openssl.contains(&triple) {
        list::add_linked(&mut list, OPENSSL_SYS, package())?;
    }
    let content = fs::read(&executable.path).map_err(|source| CrateListError::Read {
        path: executable.path.clone(),
        source,
    })?;
    let with_list = section::encode(&list)
        .and_then(|section| section::add(&content, &section))
        .map_err(|source| CrateListError::Add {
            path: executable.path.clone(),
            source,
        })?;
    if let Some(with_list) = with_list {
        let copy = target_directory
            .join(DIRECTORY)
            .join(triple)
            .join(&executable.bin);
        write(&copy, &with_list).map_err(|source| CrateListError::Write {
            path: copy.clone(),
            source,
        })?;
        executable.path = copy;
    }
    Ok(())
}

/// Writes an executable whole or not at all, and leaves one that is the same.
fn write(path: &Utf8Path, content: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|found| found == content) {
        return Ok(());
    }
    let directory = path.parent().unwrap_or(path);
    fs::create_dir_all(directory)?;
    let mut file = tempfile::Builder::new()
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .tempfile_in(directory)?;
    io::Write::write_all(&mut file, content)?;
    file.persist(path)?;
    Ok(())
}
