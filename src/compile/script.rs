//! Shell scripts that wrap compilers.

use std::{fs, io};

use camino::Utf8Path;

/// Lets everybody run the script.
pub(crate) fn make_executable(path: &Utf8Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}
