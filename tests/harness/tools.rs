//! The tools that judge images, and what happens where one is missing.

use std::env;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

/// A command for a tool on PATH. Where it is missing the test is skipped by
/// name: `let Some(mut skopeo) = tool("skopeo") else { return };`
///
/// # Panics
///
/// As [`skip`] does.
pub fn tool(name: &str) -> Option<Command> {
    if let Some(path) = find(name) {
        return Some(Command::new(path));
    }
    skip(&format!("`{name}` is not installed"));
    None
}

/// Runs a command that must succeed, and gives what it wrote to stdout.
#[track_caller]
pub fn succeed(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// The path of a program on PATH, or in a system folder that PATH may lack.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// Counts the running test as skipped: writes its name and the reason into the
/// file that `MUSLIN_TEST_SKIPS` names, which `make test` reads.
///
/// # Panics
///
/// Where no such file is named, so that nothing counts as passed that did not
/// run. `make test` names one, the gate does not.
pub fn skip(reason: &str) {
    let name = thread::current().name().unwrap_or("a test").to_owned();
    let Some(file) = env::var_os("MUSLIN_TEST_SKIPS") else {
        panic!("{reason}; run `scripts/install-debian-packages tests/debian-packages.txt`");
    };
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(file)
        .unwrap();
    // One write, so that tests in parallel do not mix their lines.
    let line = format!("{}::{name}, {reason}\n", env!("CARGO_CRATE_NAME"));
    file.write_all(line.as_bytes()).unwrap();
}

/// A command that runs an arm64 executable, under emulation on other machines.
pub fn arm64(executable: &Path) -> Option<Command> {
    if cfg!(target_arch = "aarch64") {
        return Some(Command::new(executable));
    }
    let mut qemu = tool("qemu-aarch64-static")?;
    qemu.arg(executable);
    Some(qemu)
}
