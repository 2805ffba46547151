//! Copying directories.

use std::{fs, io};

use camino::Utf8Path;

/// Copies a directory with all that is in it.
pub(crate) fn copy_tree(from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in from.read_dir_utf8()? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
