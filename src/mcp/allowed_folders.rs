//! The folders that tools may read and write: those of `--root`.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use crate::quote::quoted;

/// Canonical paths of folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AllowedFolders {
    folders: Vec<Utf8PathBuf>,
}

#[derive(Debug, thiserror::Error)]
#[error("`--root {path}` is no folder that can be read")]
pub(crate) struct UnusableRoot {
    path: Utf8PathBuf,
    source: io::Error,
}

/// A path that is outside, or leads there by a link.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "`{path}` is outside the folders that this server may use: {folders}; start it with `--root FOLDER` to allow another"
)]
pub(super) struct OutsideError {
    path: Utf8PathBuf,
    folders: String,
}

impl AllowedFolders {
    /// Allows these folders and everything below them.
    ///
    /// # Errors
    /// One is not a folder, or cannot be read.
    pub(crate) fn new(folders: &[Utf8PathBuf]) -> Result<Self, UnusableRoot> {
        let real = |path: &Utf8PathBuf| {
            let unusable = |source| UnusableRoot {
                path: path.clone(),
                source,
            };
            let real = path.canonicalize_utf8().map_err(unusable)?;
            if !real.is_dir() {
                return Err(unusable(io::ErrorKind::NotADirectory.into()));
            }
            Ok(real)
        };
        Ok(Self {
            folders: folders.iter().map(real).collect::<Result<_, _>>()?,
        })
    }

    /// The canonical path, if it is in an allowed folder. Of a path that does not exist
    /// yet, the part that exists is resolved.
    ///
    /// # Errors
    /// It is outside.
    pub(super) fn allow(&self, path: &Utf8Path) -> Result<Utf8PathBuf, OutsideError> {
        let outside = || OutsideError {
            path: path.to_owned(),
            folders: quoted(&self.folders),
        };
        let mut missing = Vec::new();
        let mut existing = path;
        let real = loop {
            match existing.canonicalize_utf8() {
                Ok(real) => break real,
                // Writing would follow a dangling link.
                Err(_) if existing.is_symlink() => return Err(outside()),
                Err(_) => {
                    missing.push(existing.file_name().ok_or_else(outside)?);
                    existing = existing.parent().ok_or_else(outside)?;
                }
            }
        };
        if !self.folders.iter().any(|folder| real.starts_with(folder)) {
            return Err(outside());
        }
        Ok(missing
            .into_iter()
            .rev()
            .fold(real, |path, name| path.join(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    /// A folder that is allowed, beside one that is not, and links between them.
    fn place() -> (tempfile::TempDir, Utf8PathBuf, AllowedFolders) {
        let scratch = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(scratch.path().canonicalize().unwrap()).unwrap();
        fs::create_dir_all(root.join("inside/folder")).unwrap();
        fs::create_dir_all(root.join("outside")).unwrap();
        fs::write(root.join("outside/secret"), "secret").unwrap();
        symlink("../outside", root.join("inside/out")).unwrap();
        symlink("../outside/new", root.join("inside/dangling")).unwrap();
        symlink("folder", root.join("inside/in")).unwrap();
        let folders = AllowedFolders::new(&[root.join("inside")]).unwrap();
        (scratch, root, folders)
    }

    #[test]
    fn what_is_inside_is_allowed_by_its_real_path() {
        let (_scratch, root, folders) = place();
        for (asked, real) in [
            ("inside", "inside"),
            ("inside/folder/new/file", "inside/folder/new/file"),
            ("inside/in/file", "inside/folder/file"),
            ("inside/../inside/folder", "inside/folder"),
        ] {
            assert_eq!(folders.allow(&root.join(asked)), Ok(root.join(real)));
        }
    }

    #[test]
    fn what_leads_out_is_refused() {
        let (_scratch, root, folders) = place();
        for asked in [
            "outside/secret",
            "inside/../outside/secret",
            "inside/out/secret",
            "inside/dangling",
            "inside/missing/../../outside/secret",
            "insider",
            "",
        ] {
            assert!(folders.allow(&root.join(asked)).is_err(), "{asked}");
        }
    }
}
