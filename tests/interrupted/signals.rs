//! Signals end a command with all that it has started, and leave no temporary files.

use super::*;

/// `muslin build` of the slow package, with signals as a terminal leaves them: who runs
/// the tests in the background may have them ignored.
fn start_slow_build(scratch: &Scratch, signals: &str) -> Child {
    harness::slow::slow_package(scratch);
    let mut env = Command::new("env");
    env.arg(signals);
    let build = Muslin::new()
        .folder(scratch.join("slow"))
        .with_toolchain()
        .args(["build", "--quiet"]);
    build
        .started_by(env, scratch)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_signal_that_ends_a_build_ends_what_it_has_started() {
    for (name, signal) in [("-TERM", 15), ("-INT", 2)] {
        let scratch = Scratch::new();
        let mut building = start_slow_build(&scratch, "--default-signal=INT,TERM");
        let build_script = started(&scratch);
        kill(name, building.id());
        let ended = Instant::now();
        // The caller sees what the signal does to any program.
        assert_eq!(building.wait().unwrap().signal(), Some(signal));
        assert!(ended.elapsed() < SOON);
        assert!(!runs(build_script), "{name}: the build script still runs");
        assert!(!scratch.join("slow/target/muslin").exists());
    }
}

#[test]
fn a_signal_that_the_caller_ignores_ends_no_build() {
    let scratch = Scratch::new();
    let mut building = start_slow_build(&scratch, "--ignore-signal=INT");
    let build_script = started(&scratch);
    kill("-INT", building.id());
    thread::sleep(Duration::from_millis(500));
    assert!(runs(build_script));
    assert!(building.try_wait().unwrap().is_none());
    kill("-TERM", building.id());
    building.wait().unwrap();
    assert!(!runs(build_script));
}

#[test]
fn a_signal_leaves_no_temporary_files() {
    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "app", "hello", 90_000_000);
    pack(&scratch, "app", "docker-archive:app.tar", "cache").run();
    let commands: [&[&str]; 4] = [
        &["index", "--to", "oci:joined", "docker-archive:app.tar"],
        &[
            "index",
            "--to",
            "oci-archive:joined.tar",
            "docker-archive:app.tar",
        ],
        &["inspect", "docker-archive:app.tar"],
        &[
            "pack",
            "--executable",
            "linux/amd64=app",
            "--to",
            "docker-archive:new.tar",
        ],
    ];
    let temporary = || -> Vec<PathBuf> {
        ["tmp", ".", "cache/muslin/blobs/sha256"]
            .iter()
            .flat_map(|folder| fs::read_dir(scratch.join(folder)).into_iter().flatten())
            .map(|entry| entry.unwrap())
            .filter(|entry| {
                let in_tmp = entry.path().parent() == Some(&scratch.join("tmp"));
                in_tmp || entry.file_name().as_encoded_bytes().starts_with(b".")
            })
            .map(|entry| entry.path())
            .collect()
    };
    let mut came_in_time = 0;
    for arguments in commands {
        for milliseconds in [50, 200, 400] {
            fs::remove_dir_all(scratch.join("cache/muslin")).ok();
            let muslin = Muslin::new().folder(scratch.path()).args(arguments);
            let mut run = HeldRun::start(muslin.command(&scratch), Stdio::null());
            thread::sleep(Duration::from_millis(milliseconds));
            came_in_time += usize::from(!temporary().is_empty());
            kill("-TERM", run.child.id());
            let ended = Instant::now();
            assert_eq!(
                run.child.wait().unwrap().signal(),
                Some(15),
                "{arguments:?}"
            );
            assert!(ended.elapsed() < SOON, "{arguments:?}");
            let left = temporary();
            assert!(left.is_empty(), "{arguments:?}: {left:?}");
        }
    }
    assert!(came_in_time > 0, "no signal came while there was one");
}
