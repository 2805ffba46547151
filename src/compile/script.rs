//! Executable shell scripts, which stand in for compilers and for cargo.

use std::os::unix::fs::PermissionsExt as _;
use std::{fs, io};

use camino::Utf8Path;

/// Writes an executable file.
pub(crate) fn write_script(path: &Utf8Path, text: &str) -> io::Result<()> {
    fs::write(path, text)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}
