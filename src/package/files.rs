//! Files of the package to include in the image.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use muslin_oci::folder::Links;
use muslin_oci::tar::{Entry, EntryKind, FileContent, MalformedPath};

use super::description::{Description, IncludedFiles};

/// Why a file cannot be included in the image.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum FilesError {
    #[error("`from = \"{from}\"` in `files` is not there; looked for `{path}`")]
    Missing { from: String, path: Utf8PathBuf },
    #[error(
        "`from = \"{from}\"` in `files` leads to `{path}`, outside the package; copy it into the package"
    )]
    Outside { from: String, path: Utf8PathBuf },
    #[error("`{0}` is neither a file nor a folder, so it cannot go into an image")]
    Special(Utf8PathBuf),
    #[error("cannot read `{path}`")]
    Unreadable {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error(transparent)]
    Path(#[from] MalformedPath),
}

/// The included files as entries of a layer. A file is placed at `to`, the content of a
/// directory below `to`. Symbolic links are followed if they stay inside the package. Modes are
/// 0755 for files that their owner can execute, else 0644.
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
    for included in &description.files {
        let collector = Collector {
            root: &root,
            included,
        };
        let from = root.join(&included.from);
        collector.collect(
            &from,
            included.to.trim_end_matches('/'),
            &mut Vec::new(),
            &mut entries,
        )?;
    }
    Ok(entries)
}

struct Collector<'a> {
    root: &'a Utf8Path,
    included: &'a IncludedFiles,
}

impl Collector<'_> {
    /// Adds the entries of a path. `above` has the directories that it is in, to end at
    /// symbolic links that lead back to one of them.
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
                    from: self.included.from.clone(),
                    path: path.to_owned(),
                },
                _ => unreadable(error),
            })?;
        if !real.starts_with(self.root) {
            return Err(FilesError::Outside {
                from: self.included.from.clone(),
                path: real,
            });
        }
        let metadata = real.metadata().map_err(unreadable)?;
        if metadata.is_file() {
            let kind = EntryKind::File {
                mode: mode(&metadata),
                size: metadata.len(),
                // Resolved and checked: a symlink that somebody puts there is not followed.
                content: FileContent::Disk {
                    path: real,
                    links: Links::Refuse,
                },
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
