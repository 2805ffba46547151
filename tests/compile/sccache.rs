//! sccache: what it shares between builds, and that nothing depends on it.

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

    let counts = |report: &Value| {
        let sccache = &report["toolchain"]["sccache"];
        (
            sccache["hits"].as_u64().unwrap(),
            sccache["misses"].as_u64().unwrap(),
        )
    };
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
