//! Packing streams, and reading is bounded: what they hold in memory does not grow with
//! executables, nor with what an image claims.

mod harness;

use std::ffi::OsStr;
use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::process::{Command, Stdio};
use std::time::Instant;

use harness::{Architecture, Muslin, Scratch, dynamic_executable, forged};
use wait4::Wait4 as _;

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

/// The arguments of the program that [`measure`] starts, a line for each.
const MEASURED: &str = "MUSLIN_MEASURED";

/// Runs the program; gives whether it succeeded, stderr and the most memory that it had, in
/// KiB. A process of its own starts it: what counts for a child begins with the memory of its
/// parent, and this one has much.
fn measured(muslin: &Muslin, home: &Scratch) -> (bool, String, u64) {
    let muslin = muslin.command(home);
    let line: Vec<&OsStr> = [muslin.get_program()]
        .into_iter()
        .chain(muslin.get_args())
        .collect();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["measure", "--exact", "--ignored", "--nocapture"])
        .current_dir(muslin.get_current_dir().unwrap())
        .env_clear()
        .envs(
            muslin
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .env(MEASURED, line.join(OsStr::new("\n")));
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let figure = |name: &str| -> u64 {
        let found = said.lines().find_map(|line| line.strip_prefix(name));
        found.unwrap_or_else(|| panic!("{said}")).parse().unwrap()
    };
    let peak = figure("peak:");
    assert!(peak > 1024, "nothing was measured");
    (
        figure("failed:") == 0,
        String::from_utf8(output.stderr).unwrap(),
        peak,
    )
}

#[test]
#[ignore = "a part of other tests, in a process of its own"]
fn measure() {
    let line = std::env::var(MEASURED).unwrap();
    let mut words = line.lines();
    let mut child = Command::new(words.next().unwrap())
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let used = child.wait4().unwrap();
    println!(
        "\npeak:{}\nfailed:{}",
        used.rusage.maxrss / 1024,
        u8::from(!used.status.success())
    );
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
        let (succeeded, errors, peak) = measured(&muslin, &scratch);
        assert!(succeeded, "{errors}");
        println!("{compression}: {peak} KiB");
        assert!(peak < LIMIT_KIB, "{compression} took {peak} KiB");
    }
}

/// What `inspect` says of the layout, as text and as JSON, in little memory and little time.
#[track_caller]
fn inspects_in_little_memory(scratch: &Scratch) -> String {
    let mut said = String::new();
    for options in [&["inspect"][..], &["inspect", "--json"]] {
        let muslin = Muslin::new()
            .folder(scratch.path())
            .args(options)
            .arg("oci:image");
        let started = Instant::now();
        let (_, errors, peak) = measured(&muslin, scratch);
        println!("{options:?}: {peak} KiB, {:?}: {errors}", started.elapsed());
        assert!(peak < LIMIT_KIB, "{options:?} took {peak} KiB");
        said += &errors;
    }
    said
}

#[test]
fn a_layer_of_many_files_that_is_listed_many_times_is_refused_in_little_memory() {
    let scratch = Scratch::new();
    let files = (0..5000).map(|number| (format!("file-{number}"), &b""[..]));
    forged::layout(&scratch, &forged::tar(files), 400);
    let said = inspects_in_little_memory(&scratch);
    assert!(
        said.contains("more files and executables than a report of 24 MiB can list"),
        "{said}"
    );
}

#[test]
fn a_layer_of_very_many_files_is_read_in_little_memory() {
    for count in [100_000, 400_000] {
        let scratch = Scratch::new();
        let files = (0..count).map(|number| (format!("usr/share/a/folder/{number:07}"), &b""[..]));
        forged::layout(&scratch, &forged::tar(files), 1);
        inspects_in_little_memory(&scratch);
    }
}

#[test]
fn headers_that_claim_much_are_read_in_little_memory() {
    for size in [1 << 20, 100 << 20] {
        let scratch = Scratch::new();
        let elf = dynamic_executable(size);
        forged::layout(
            &scratch,
            &forged::tar([("program".to_owned(), elf.as_slice())]),
            1,
        );
        inspects_in_little_memory(&scratch);
    }
}
