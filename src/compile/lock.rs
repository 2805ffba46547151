//! Locks between processes that fill the same cache folder.

use std::fs::File;
use std::io;

use camino::Utf8Path;
use muslin_oci::file_lock;

use super::process::Processes;

/// Waits for the exclusive lock (`flock`) of a folder and holds it until the result is dropped.
/// Whoever listens to `processes` is told if that takes a moment.
///
/// # Errors
/// The folder cannot be opened or locked, or the processes are cancelled.
pub(crate) fn lock_folder(folder: &Utf8Path, processes: &Processes) -> io::Result<File> {
    let file = File::open(folder)?;
    file_lock::lock(&file, processes.cancellation(), || {
        processes.tell(&format!(
            "waiting until no other process writes to `{folder}`"
        ));
    })?;
    Ok(file)
}
