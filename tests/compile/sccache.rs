//! sccache: what it shares between builds, and that nothing depends on it.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use super::*;

/// A server of sccache of the test's own, and where it keeps what was compiled.
struct Server {
    scratch: Scratch,
}

impl Server {
    fn new() -> Self {
        Self {
            scratch: Scratch::new(),
        }
    }

    /// `muslin build` in this folder, which uses the server.
    fn build(&self, folder: &Path) -> Muslin {
        build(folder)
            .with_sccache()
            .env("SCCACHE_DIR", self.scratch.join("kept"))
            .env("SCCACHE_SERVER_UDS", self.scratch.join("socket"))
            // It ends by itself when the test has ended.
            .env("SCCACHE_IDLE_TIMEOUT", "60")
    }
}

/// Hits and misses of a build.
fn counts(report: &Value) -> (u64, u64) {
    let sccache = &report["toolchain"]["sccache"];
    (
        sccache["hits"].as_u64().unwrap(),
        sccache["misses"].as_u64().unwrap(),
    )
}

#[test]
fn crates_are_shared_between_projects_in_different_folders() {
    let server = Server::new();
    let scratch = Scratch::new();
    let (first, second) = (scratch.join("one"), scratch.join("a/longer/way"));
    copy_fixture("same-bits", &first);
    copy_fixture("same-bits", &second);
    let (one, stderr) = report(server.build(&first).args(["--sccache", "on"]));
    assert!(stderr.contains("sccache: 0 hits"), "{stderr}");
    // Used without being asked for, because it is there.
    let (two, _) = report(server.build(&second));
    assert_eq!(one["digest"], two["digest"]);

    let (hits, misses) = counts(&two);
    assert_eq!(counts(&one), (0, hits + misses));
    // The package itself has no library; its C code has the path of its folder.
    assert!(
        hits * 10 > (hits + misses) * 9,
        "{hits} hits, {misses} misses"
    );

    // Neither does sccache change what is compiled.
    let third = scratch.join("without");
    copy_fixture("same-bits", &third);
    let (three, stderr) = report(server.build(&third).args(["--sccache", "off"]));
    assert_eq!(one["digest"], three["digest"]);
    assert_eq!(three["toolchain"].get("sccache"), None);
    assert!(!stderr.contains("sccache"), "{stderr}");
}

#[test]
fn a_storage_that_does_not_answer_is_named_and_the_build_goes_on() {
    let server = Server::new();
    let scratch = Scratch::new();
    write_flags_package(&scratch, "");
    let (built, stderr) = report(
        server
            .build(scratch.path())
            .args(["--platform", "linux/amd64"])
            // Nothing listens there.
            .env("SCCACHE_REDIS_ENDPOINT", "redis://127.0.0.1:9"),
    );
    assert!(stderr.contains("building without sccache: "), "{stderr}");
    assert_eq!(built["toolchain"].get("sccache"), None);
}

#[test]
fn sccache_that_has_to_be_there_and_is_not_is_one_clear_error() {
    let scratch = Scratch::new();
    write_flags_package(&scratch, "");
    build(scratch.path())
        .args(["--sccache", "on"])
        .env("PATH", "/usr/bin:/bin")
        .status(2)
        .stderr(
            "error: sccache is not installed; `muslin setup --sccache` installs it into muslin's cache\n",
        )
        .run();
}

/// A Redis of the test's own, at a port of this machine.
struct Redis {
    server: Child,
    port: u16,
}

impl Redis {
    fn start(scratch: &Scratch) -> Option<Self> {
        let mut server = harness::tool("redis-server")?;
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let server = server
            .args(["--bind", "127.0.0.1", "--save", "", "--port"])
            .arg(port.to_string())
            .current_dir(scratch.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            thread::sleep(Duration::from_millis(20));
        }
        Some(Self { server, port })
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Builds the fixture in a mount namespace where `machine` is an empty file system of its own:
/// its sources, target folder and caches. Nothing, if this machine lets nobody mount.
fn build_on_a_machine_of_its_own(scratch: &Scratch, redis: &Redis) -> Option<Value> {
    let machine = scratch.folder("machine");
    let muslin = build(&machine.join("app"))
        .with_sccache()
        .args(["--sccache", "on"])
        .env("MUSLIN_CACHE_DIR", machine.join("cache"))
        .env("SCCACHE_SERVER_UDS", machine.join("socket"))
        .env("SCCACHE_DIR", machine.join("kept"))
        .env("SCCACHE_IDLE_TIMEOUT", "60")
        .env(
            "SCCACHE_REDIS_ENDPOINT",
            format!("redis://127.0.0.1:{}", redis.port),
        );
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/same-bits");
    let script = "mount -t tmpfs tmpfs \"$1\" || exit 77; cp -r \"$2\" \"$1/app\"; mkdir \"$1/cache\"; \
                  for name in std tools zig-cache; do ln -s \"$3/$name\" \"$1/cache/\"; done; \
                  cd \"$1/app\"; shift 3; exec \"$@\"";
    let mut unshare = Command::new("unshare");
    unshare
        .args(["--mount", "--map-root-user", "sh", "-c", script, "sh"])
        .args([&machine, &fixture, harness::cache_with_sccache()]);
    let mut command = muslin.started_by(unshare, scratch);
    // Its own folder is there when the file system is.
    let output = command.current_dir(scratch.path()).output().unwrap();
    if output.status.code() == Some(77) {
        harness::skip("this machine lets nobody mount a file system");
        return None;
    }
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn a_machine_with_empty_caches_takes_what_another_has_compiled() {
    let scratch = Scratch::new();
    let Some(redis) = Redis::start(&scratch) else {
        return;
    };
    let Some(first) = build_on_a_machine_of_its_own(&scratch, &redis) else {
        return;
    };
    let second = build_on_a_machine_of_its_own(&scratch, &redis).unwrap();
    let (hits, misses) = counts(&second);
    assert_eq!(counts(&first), (0, hits + misses));
    assert!(
        hits * 10 > (hits + misses) * 9,
        "{hits} hits, {misses} misses"
    );
    assert_eq!(first["digest"], second["digest"]);
}
