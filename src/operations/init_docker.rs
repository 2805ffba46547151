//! `muslin init docker`: writes the files of the Docker lane, or the blocks of those that are there.

use std::fs;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::dockerfile::{self, CargoSettings, LineBreak, MissingBlocks, SettingsError, TEMPLATES};
use crate::package::describe::DescribeError;
use crate::package::find::{self, FindError, Selection};
use crate::package::overrides::Overrides;

/// Which package the files are for.
#[derive(Clone, Debug)]
pub struct InitRequest {
    /// The current directory.
    pub cwd: Utf8PathBuf,
    /// The package.
    pub selection: Selection,
    /// Whether nothing is written.
    pub check: bool,
    /// Whether files that are there are replaced as a whole.
    pub force: bool,
}

/// What was done to each file, or with [`InitRequest::check`] would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InitReport {
    /// The files, in the workspace's folder.
    pub files: Vec<InitializedFile>,
}

/// A file and what was done to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InitializedFile {
    /// Its path.
    pub path: Utf8PathBuf,
    /// What was done.
    pub change: Change,
}

/// What was done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It was not there.
    Created,
    /// It did not say what `Cargo.toml` says.
    Updated,
    /// Nothing.
    Unchanged,
}

/// Why the files were not written.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum InitError {
    #[error(transparent)]
    Find(#[from] FindError),
    #[error(transparent)]
    Describe(#[from] DescribeError),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    LineBreak(#[from] LineBreak),
    #[error("`{path}` is not of muslin: {source}; move it away, or replace it with `--force`")]
    NotOurs {
        path: Utf8PathBuf,
        source: MissingBlocks,
    },
    #[error("cannot read `{path}`")]
    Read {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot write `{path}`")]
    Write {
        path: Utf8PathBuf,
        source: io::Error,
    },
}

impl InitReport {
    /// Whether all files say what `Cargo.toml` says.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.files
            .iter()
            .all(|file| file.change == Change::Unchanged)
    }
}

/// Writes the files into the folder of the workspace: all or none of them.
///
/// # Errors
/// What [`InitError`] says.
pub fn init_docker(request: &InitRequest) -> Result<InitReport, InitError> {
    let package = find::find(&request.cwd, &request.selection)?;
    let described = package.describe(&Overrides::default())?;
    let description = &described.description;
    let settings = CargoSettings::read(&package, &description.profile)?;
    let blocks = dockerfile::blocks(package.name(), description, &settings)?;
    let mut files = Vec::new();
    for (template, blocks) in TEMPLATES.iter().zip(&blocks) {
        let path = package.workspace_root.join(template.name);
        let found = read(&path)?;
        let not_ours = |source| InitError::NotOurs {
            path: path.clone(),
            source,
        };
        let text = match &found {
            Some(text) if !request.force => blocks.fill(text).map_err(not_ours)?,
            _ => blocks.fill(template.text).map_err(not_ours)?,
        };
        let change = match &found {
            None => Change::Created,
            Some(found) if *found == text => Change::Unchanged,
            Some(_) => Change::Updated,
        };
        files.push((InitializedFile { path, change }, text));
    }
    if !request.check {
        for (file, text) in &files {
            if file.change != Change::Unchanged {
                let path = &file.path;
                write(path, text).map_err(|source| InitError::Write {
                    path: path.clone(),
                    source,
                })?;
            }
        }
    }
    let files = files.into_iter().map(|(file, _)| file).collect();
    Ok(InitReport { files })
}

fn read(path: &Utf8Path) -> Result<Option<String>, InitError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(InitError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Writes a file whole or not at all.
fn write(path: &Utf8Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    let mut file = tempfile::Builder::new()
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .tempfile_in(folder)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}
