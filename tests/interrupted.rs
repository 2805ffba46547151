//! What is left when muslin is killed, disturbed or out of room: the old image or
//! the new one, whole, and a cache that still tells the truth.

#[path = "interrupted/disk.rs"]
mod disk;
mod harness;
#[path = "interrupted/power_cut.rs"]
mod power_cut;
#[path = "interrupted/signals.rs"]
mod signals;

use std::fs;
use std::io::{BufRead as _, BufReader, PipeReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use harness::slow::{SOON, kill, runs, started};
use harness::{Architecture, Muslin, Scratch};
use serde_json::Value;

/// `muslin pack` of a program with so many bytes behind it.
fn pack(scratch: &Scratch, program: &str, to: &str, cache: &str) -> Muslin {
    Muslin::new()
        .folder(scratch.path())
        .env("MUSLIN_CACHE_DIR", scratch.join(cache))
        .args(["pack", "--quiet", "--to", to])
        .args(["--executable", &format!("linux/amd64={program}")])
}

fn digest(output: &str) -> String {
    output.trim().rsplit_once('@').unwrap().1.to_owned()
}

/// The digest of the image in a layout, after all of it was read and checked.
fn inspected(scratch: &Scratch, reference: &str) -> String {
    let output = Muslin::new()
        .folder(scratch.path())
        .args(["inspect", "--json", reference])
        .run();
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    report["digest"].as_str().unwrap().to_owned()
}

/// A run that cannot end: its stdout is full and nobody reads it, so it stops where it would
/// print its result.
struct HeldRun {
    child: Child,
    _stdout: PipeReader,
}

impl HeldRun {
    fn start(mut command: Command, stderr: impl Into<Stdio>) -> Self {
        let (reader, mut full) = std::io::pipe().unwrap();
        command
            .stdin(Stdio::null())
            .stdout(full.try_clone().unwrap())
            .stderr(stderr);
        // It is blocked once there is no room, until the reader is gone.
        thread::spawn(move || while full.write_all(&[0; 4096]).is_ok() {});
        Self {
            child: command.spawn().unwrap(),
            _stdout: reader,
        }
    }

    /// Kills it, wherever it is.
    fn kill(mut self) {
        self.child.kill().unwrap();
        let ended = self.child.wait().unwrap();
        assert_eq!(ended.signal(), Some(9), "it ended by itself");
    }
}

/// Waits until something is to be seen of a run.
#[track_caller]
fn wait_until(what: &str, seen: impl Fn() -> bool) {
    let started = Instant::now();
    while !seen() {
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "never: {what}"
        );
        thread::yield_now();
    }
}

/// The sizes of the files in a folder whose names start so.
fn sizes(folder: &Path, prefix: &str) -> Vec<u64> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let starts = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(prefix);
    entries
        .flatten()
        .filter(starts)
        .filter_map(|entry| Some(entry.metadata().ok()?.len()))
        .collect()
}

/// A kill while a file is written shows itself by what it leaves: the file, unfinished.
#[test]
fn a_kill_while_layers_or_blobs_are_written_leaves_the_old_image() {
    const PROGRAM: usize = 6_000_000;
    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "old-program/app", "old", 3_000_000);
    Architecture::Amd64.write(&scratch, "new-program/app", "new", PROGRAM);
    let packed = |name: &str| {
        let (program, to) = (format!("{name}-program/app"), format!("oci:{name}"));
        let output = pack(&scratch, &program, &to, &format!("{name}-cache")).run();
        digest(&output.stdout)
    };
    let (old, new) = (packed("old"), packed("new"));
    assert_ne!(old, new);

    // Where a layer is compressed, and where it is copied from there.
    for (folder, prefix) in [("cache/blobs/sha256", ".new-"), ("image", ".muslin-")] {
        let folder = scratch.join(folder);
        for part in 0..4 {
            let least = (PROGRAM * part / 4) as u64;
            // The program may be quicker than who looks.
            let mut tries = 0;
            loop {
                fs::remove_dir_all(scratch.join("cache")).ok();
                pack(&scratch, "old-program/app", "oci:image", "cache").run();
                let muslin = pack(&scratch, "new-program/app", "oci:image", "cache");
                let run = HeldRun::start(muslin.command(&scratch), Stdio::null());
                let complete = scratch.join("image/index.json");
                let before = fs::read(&complete).unwrap();
                wait_until("a file that is written", || {
                    sizes(&folder, prefix).iter().any(|size| *size > least)
                        || fs::read(&complete).is_ok_and(|index| index != before)
                });
                run.kill();
                if sizes(&folder, prefix).iter().any(|size| *size > least) {
                    break;
                }
                tries += 1;
                assert!(
                    tries < 50,
                    "no kill came while `{}` had it",
                    folder.display()
                );
            }
            assert_eq!(inspected(&scratch, "oci:image"), old);
            // With the cache that the killed run has left.
            assert_eq!(packed_again(&scratch), new);
            assert_eq!(inspected(&scratch, "oci:image"), new);
            assert_eq!(sizes(&scratch.join("image"), ".muslin-"), [0; 0]);
        }
    }
}

/// What is packed over what a killed run has left.
fn packed_again(scratch: &Scratch) -> String {
    let again = pack(scratch, "new-program/app", "oci:image", "cache").run();
    digest(&again.stdout)
}

#[test]
fn a_kill_after_the_image_is_complete_leaves_the_new_one() {
    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "old-program/app", "old", 1000);
    Architecture::Amd64.write(&scratch, "new-program/app", "new", 2000);
    pack(&scratch, "old-program/app", "oci:image", "cache").run();
    let index = scratch.join("image/index.json");
    let before = fs::read(&index).unwrap();
    let muslin = pack(&scratch, "new-program/app", "oci:image", "cache");
    let run = HeldRun::start(muslin.command(&scratch), Stdio::null());
    wait_until("a new `index.json`", || fs::read(&index).unwrap() != before);
    run.kill();
    let found = inspected(&scratch, "oci:image");
    assert_eq!(packed_again(&scratch), found);
}

#[test]
fn of_two_builds_into_one_destination_one_wins_and_nothing_is_torn() {
    let scratch = Scratch::new();
    let mut digests = Vec::new();
    for name in ["one", "two"] {
        Architecture::Amd64.write(&scratch, &format!("{name}/app"), name, 4_000_000);
        let packed = pack(
            &scratch,
            &format!("{name}/app"),
            &format!("oci:{name}-image"),
            name,
        )
        .run();
        digests.push(digest(&packed.stdout));
    }
    for round in 0..5 {
        // One cache for both, empty at first.
        let cache = format!("cache-{round}");
        let children = ["one", "two"].map(|name| {
            let muslin = pack(&scratch, &format!("{name}/app"), "oci:image", &cache);
            let mut command = muslin.command(&scratch);
            command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.spawn().unwrap()
        });
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        assert!(digests.contains(&inspected(&scratch, "oci:image")));
    }
}

#[test]
fn a_build_that_is_killed_can_be_done_again() {
    let scratch = Scratch::new();
    scratch.write(
        "Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
    );
    scratch.write(
        "Cargo.lock",
        "version = 4\n[[package]]\nname = \"app\"\nversion = \"1.0.0\"\n",
    );
    scratch.write("src/main.rs", "fn main() { println!(\"hello\"); }\n");
    let build = || {
        Muslin::new().with_toolchain().folder(scratch.path()).args([
            "build",
            "--locked",
            "--platform",
            "linux/amd64",
        ])
    };
    // What cargo says when it begins and when it is done, and the table of muslin itself.
    for announced in ["Compiling app", "Finished", "linux/amd64"] {
        fs::remove_dir_all(scratch.join("target")).ok();
        let home = Scratch::new();
        let (stderr, writer) = std::io::pipe().unwrap();
        let run = HeldRun::start(build().command(&home), writer);
        let mut lines = BufReader::new(stderr).lines();
        let said = lines.find(|line| line.as_ref().unwrap().contains(announced));
        assert!(said.is_some(), "it never said `{announced}`");
        run.kill();
        // What cargo still does ends first, so that nothing writes into the folder.
        lines.for_each(drop);

        let output = build().run();
        let reference = output.stdout.trim();
        assert!(Path::new(&scratch.join("target/muslin/app/index.json")).exists());
        assert_eq!(inspected(&scratch, reference), digest(reference));
    }
}

/// `muslin` of this folder with its stderr to be read.
fn start_and_listen(scratch: &Scratch, muslin: &Muslin) -> Child {
    muslin
        .command(scratch)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn who_waits_for_another_writer_says_where() {
    use std::io::{BufRead as _, BufReader};
    use std::sync::mpsc::channel;

    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "app", "hello", 1000);
    let other = fs::File::open(scratch.folder("image")).unwrap();
    other.lock().unwrap();
    let muslin = pack(&scratch, "app", "oci:image", "cache");
    let mut child = start_and_listen(&scratch, &muslin);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let (sender, lines) = channel();
    thread::spawn(move || {
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        sender.send(line).unwrap();
    });
    let line = lines
        .recv_timeout(Duration::from_secs(20))
        .unwrap_or_default();
    if line.is_empty() {
        child.kill().unwrap();
    }
    assert_eq!(line, "waiting until no other process writes to `image`\n");
    drop(other);
    assert!(child.wait().unwrap().success());
    inspected(&scratch, "oci:image");
}
