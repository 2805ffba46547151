//! Installing pinned wheels from PyPI with pip.

use std::process::Command;

use camino::Utf8Path;

use crate::compile::context::BuildContext;
use crate::compile::env::which;

/// Why pip installed nothing.
pub(super) enum PipError {
    /// There is no `python3` with pip.
    Missing,
    /// It failed; these are the last lines of its stderr.
    Failed(String),
}

/// Installs what a requirements file lists into the folder `target`. Every wheel must have one
/// of the file's hashes.
pub(super) fn install(
    context: &BuildContext<'_>,
    requirements: &Utf8Path,
    target: &Utf8Path,
) -> Result<(), PipError> {
    let python = which(context.environment, "python3").ok_or(PipError::Missing)?;
    let mut command = Command::new(python);
    command
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--require-hashes",
        ])
        .args([
            "--only-binary",
            ":all:",
            "--no-compile",
            "--root-user-action",
            "ignore",
        ])
        .args([
            "--target",
            target.as_str(),
            "--requirement",
            requirements.as_str(),
        ])
        .env_clear()
        .envs(context.environment)
        // Settings of the user that exclude `--target`.
        .env("PIP_USER", "0")
        .env("PIP_REQUIRE_VIRTUALENV", "0");
    let output = context
        .processes
        .output(&mut command)
        .map_err(|_| PipError::Missing)?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    if stderr.contains("No module named pip") {
        return Err(PipError::Missing);
    }
    let last: Vec<&str> = stderr.trim().lines().rev().take(3).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    Err(PipError::Failed(last.join("; ")))
}
