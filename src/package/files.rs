//! The package's files that go into the image.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use crate::package::description::{Description, IncludedFiles};
use muslin_oci::tar::{Entry, EntryKind, FileContent, MalformedPath};

/// Why a file cannot go into the image.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// There is nothing there.
    #[error("`from = \"{from}\"` in `files` is not there; looked for `{path}`")]
    Missing {
        /// What the table says.
        from: String,
        /// Where that is.
        path: Utf8PathBuf,
    },
    /// It is outside the package, perhaps through a link.
    #[error(
        "`from = \"{from}\"` in `files` leads to `{path}`, outside the package; copy it into the package"
    )]
    Outside {
        /// What the table says.
        from: String,
        /// Where it leads to.
        path: Utf8PathBuf,
    },
    /// It is neither a file nor a folder.
    #[error("`{0}` is neither a file nor a folder, so it cannot go into an image")]
    Special(Utf8PathBuf),
    /// It cannot be read.
    #[error("cannot read `{path}`")]
    Unreadable {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its place cannot be in an image.
    #[error(transparent)]
    Path(#[from] MalformedPath),
}

/// The files of the description as entries of a layer. A file goes to the path `to`;
/// what is in a folder goes below
/// `to`. Links are followed as long as they stay within the package; modes are
/// 0755 for what its owner can execute, else 0644.
///
/// # Errors
/// What [`FilesError`] says.
pub fn collect(package: &Utf8Path, description: &Description) -> Result<Vec<Entry>, FilesError> {
    let unreadable = |source| FilesError::Unreadable {
        path: package.to_owned(),
        source,
    };
    let root = package.canonicalize_utf8().map_err(unreadable)?;
    let mut entries = Vec::new();
    for row in &description.files {
        let collector = Collector { root: &root, row };
        let from = root.join(&row.from);
        collector.collect(
            &from,
            row.to.trim_end_matches('/'),
            &mut Vec::new(),
            &mut entries,
        )?;
    }
    Ok(entries)
}

struct Collector<'a> {
    root: &'a Utf8Path,
    row: &'a IncludedFiles,
}

impl Collector<'_> {
    /// `above` holds the real folders that the path is in, so that links that go
    /// round in circles end.
    fn collect(
        &self,
        path: &Utf8Path,
        to: &str,
        above: &mut Vec<Utf8PathBuf>,
        entries: &mut Vec<Entry>,
    ) -> Result<(), FilesError> {
        let unreadable = |source| FilesError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let real = path
            .canonicalize_utf8()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => FilesError::Missing {
                    from: self.row.from.clone(),
                    path: path.to_owned(),
                },
                _ => unreadable(error),
            })?;
        if !real.starts_with(self.root) {
            return Err(FilesError::Outside {
                from: self.row.from.clone(),
                path: real,
            });
        }
        let metadata = real.metadata().map_err(unreadable)?;
        if metadata.is_file() {
            let kind = EntryKind::File {
                mode: mode(&metadata),
                size: metadata.len(),
                content: FileContent::Disk(real),
            };
            entries.push(Entry::new(to, kind)?);
            return Ok(());
        }
        if !metadata.is_dir() || above.contains(&real) {
            return Err(FilesError::Special(path.to_owned()));
        }
        if !to.is_empty() {
            entries.push(Entry::new(to, EntryKind::Directory { mode: 0o755 })?);
        }
        let mut names = Vec::new();
        for entry in real.read_dir_utf8().map_err(unreadable)? {
            names.push(entry.map_err(unreadable)?.file_name().to_owned());
        }
        names.sort_unstable();
        above.push(real.clone());
        for name in names {
            self.collect(&real.join(&name), &format!("{to}/{name}"), above, entries)?;
        }
        above.pop();
        Ok(())
    }
}

fn mode(metadata: &std::fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    if metadata.permissions().mode() & 0o100 != 0 {
        0o755
    } else {
        0o644
    }
}
