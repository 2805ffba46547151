//! Packing streams: what it holds in memory does not grow with the executable.

mod harness;

use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use harness::{Architecture, Muslin, Scratch};

const EXECUTABLE: u64 = 200_000_000;
const LIMIT_KIB: u64 = 64 * 1024;

/// A program of 200 MB: the code, and behind it what hardly compresses.
fn large(architecture: Architecture, scratch: &Scratch, name: &str) {
    const PIECE: usize = 10_000_000;
    let path = architecture.write(scratch, name, "hello", PIECE);
    let noise = fs::read(&path).unwrap();
    let mut file = fs::File::options().write(true).open(path).unwrap();
    let mut size = file.seek(SeekFrom::End(0)).unwrap();
    while size < EXECUTABLE {
        file.write_all(&noise[noise.len() - PIECE..]).unwrap();
        size += PIECE as u64;
    }
}

/// The most that the process has held so far, in KiB, while it lives.
fn peak(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[test]
fn packing_two_executables_of_200_mb_takes_less_than_64_mib() {
    let scratch = Scratch::new();
    scratch.write(
        "Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\
         [package.metadata.muslin]\nmax-size = \"1GB\"\n",
    );
    scratch.write("src/main.rs", "fn main() {}\n");
    large(Architecture::Amd64, &scratch, "amd64");
    large(Architecture::Arm64, &scratch, "arm64");
    for compression in ["gzip", "zstd"] {
        let muslin = Muslin::new()
            .folder(scratch.path())
            .args([
                "pack",
                "--quiet",
                "--to",
                "oci:image",
                "--compression",
                compression,
            ])
            .args(["--executable", "linux/amd64=amd64"])
            .args(["--executable", "linux/arm64=arm64"]);
        let mut child = muslin
            .command(&scratch)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut most = 0;
        let status = loop {
            most = most.max(peak(child.id()).unwrap_or(0));
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            thread::sleep(Duration::from_millis(5));
        };
        assert!(status.success());
        println!("{compression}: {most} KiB");
        assert!(most > 1024, "nothing was measured");
        assert!(most < LIMIT_KIB, "{compression} took {most} KiB");
    }
}
