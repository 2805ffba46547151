//! The zig that links is the one that is reported.

use std::os::unix::fs::symlink;

use super::*;

/// Builds with a cache that has no wrappers of compilers yet, and with programs of the test's
/// own before all others.
fn build_with(scratch: &Scratch, programs: &Path) -> Muslin {
    let cache = scratch.folder("cache");
    for name in ["std", "tools", "zig-cache"] {
        symlink(harness::cache_with_toolchain().join(name), cache.join(name)).unwrap();
    }
    let path = std::env::var("PATH").unwrap();
    build(&scratch.join("app"))
        .args(["--platform", "linux/amd64"])
        .env("MUSLIN_CACHE_DIR", &cache)
        .env("PATH", format!("{}:{path}", programs.display()))
}

#[test]
fn a_zig_that_python_or_the_path_has_links_nothing() {
    let scratch = Scratch::new();
    copy_fixture("same-bits", &scratch.folder("app"));
    // cargo-zigbuild prefers the module of Python to all others.
    let noted = scratch.join("noted");
    for name in ["python3", "python", "zig"] {
        scratch.write_executable(
            format!("programs/{name}"),
            format!(
                "#!/bin/sh\ncase \"$*\" in *version) echo 0.15.0; exit ;; esac\n\
                 echo \"{name} $*\" >>'{}'\nexit 1\n",
                noted.display()
            ),
        );
    }
    let (report, _) = report(build_with(&scratch, &scratch.join("programs")));
    assert!(!noted.exists(), "{}", fs::read_to_string(noted).unwrap());
    let wheels: Value =
        serde_json::from_str(include_str!("../../src/compile/linker/wheels.json")).unwrap();
    assert_eq!(report["toolchain"]["zig"], wheels["ziglang"]["version"]);
}
