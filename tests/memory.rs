//! Packing streams, and reading is bounded: what they hold in memory does not grow with
//! executables, nor with what an image claims.

mod harness;

use std::ffi::OsStr;
use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::process::{Command, Stdio};
use std::time::Instant;

use harness::{Architecture, Muslin, Scratch, forged};
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

/// An ELF file that claims to hold `size` bytes of everything that is read of one: name of
/// the interpreter, names of libraries, dynamic section, list of crates.
fn greedy_elf(size: usize) -> Vec<u8> {
    const DYNAMIC_ENTRIES: usize = 64;
    let (start, dynamic) = (64 + 2 * 56, 16 * DYNAMIC_ENTRIES);
    let sections = start + dynamic + size;
    let mut elf = Vec::new();
    let word = |elf: &mut Vec<u8>, value: usize| elf.extend((value as u64).to_le_bytes());
    elf.extend(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0");
    for value in [0, 64, sections] {
        word(&mut elf, value);
    }
    elf.extend([0; 4]);
    for value in [64_u16, 56, 2, 64, 5, 3] {
        elf.extend(value.to_le_bytes());
    }
    // PT_INTERP and PT_DYNAMIC.
    for (kind, at, length) in [(3_u32, start, size), (2, start, dynamic)] {
        elf.extend(kind.to_le_bytes());
        elf.extend(4_u32.to_le_bytes());
        for value in [at, at, at, length, length, 8] {
            word(&mut elf, value);
        }
    }
    for entry in 0..DYNAMIC_ENTRIES {
        word(&mut elf, 1);
        word(&mut elf, entry);
    }
    elf.resize(sections, b'a');
    elf.extend([0; 64]);
    // The dynamic section and its names, the names of sections, the list of crates.
    let name = b"\0.dep-v0\0";
    let names = sections + 5 * 64;
    for (name, kind, at, length, link) in [
        (0_u32, 6_u32, start, dynamic, 2_u32),
        (0, 3, start + dynamic, size, 0),
        (0, 3, names, name.len(), 0),
        (1, 1, start + dynamic, size, 0),
    ] {
        elf.extend(name.to_le_bytes());
        elf.extend(kind.to_le_bytes());
        for value in [0, 0, at, length] {
            word(&mut elf, value);
        }
        elf.extend(link.to_le_bytes());
        elf.extend(0_u32.to_le_bytes());
        word(&mut elf, 1);
        word(&mut elf, if kind == 6 { 16 } else { 0 });
    }
    elf.extend(name);
    elf
}

#[test]
fn headers_that_claim_much_are_read_in_little_memory() {
    for size in [1 << 20, 100 << 20] {
        let scratch = Scratch::new();
        let elf = greedy_elf(size);
        forged::layout(
            &scratch,
            &forged::tar([("program".to_owned(), elf.as_slice())]),
            1,
        );
        inspects_in_little_memory(&scratch);
    }
}
