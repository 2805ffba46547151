//! A package that takes two minutes to build, for tests that end it before.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::Scratch;

/// What ends within this time was not waited for until it ended by itself. Shorter times are
/// for no test: a machine may do much else.
pub const SOON: Duration = Duration::from_secs(60);

/// A package whose build script writes its process ID and then takes two minutes.
pub fn slow_package(scratch: &Scratch) {
    scratch.write(
        "slow/Cargo.toml",
        "[package]\nname = \"slow\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[workspace]\n",
    );
    scratch.write("slow/src/main.rs", "fn main() {}\n");
    scratch.write(
        "slow/build.rs",
        "fn main() {\n\
             let id = std::process::id().to_string();\n\
             // It runs once for each platform, and both at once.\n\
             let new = format!(\"../started.{id}\");\n\
             std::fs::write(&new, id).unwrap();\n\
             std::fs::rename(&new, \"../started\").unwrap();\n\
             std::thread::sleep(std::time::Duration::from_secs(120));\n\
         }\n",
    );
}

/// Waits for the build script of [`slow_package`] and gives its process ID.
#[track_caller]
pub fn started(scratch: &Scratch) -> u32 {
    let begun = Instant::now();
    loop {
        if let Ok(id) = fs::read_to_string(scratch.join("started")) {
            return id.parse().unwrap();
        }
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "no build script"
        );
        thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a process is there and no zombie.
pub fn runs(id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

/// Sends a process a signal, such as `-TERM`.
#[track_caller]
pub fn kill(signal: &str, id: u32) {
    let status = Command::new("kill")
        .args([signal, &id.to_string()])
        .status();
    assert!(status.unwrap().success());
}
