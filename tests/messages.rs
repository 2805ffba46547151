//! What is said when something cannot be done: one error that names the thing and
//! the mend, and status 2.

#[path = "messages/builds.rs"]
mod builds;
mod harness;
#[path = "messages/help.rs"]
mod help;
#[path = "messages/images.rs"]
mod images;
#[path = "messages/packages.rs"]
mod packages;
#[path = "messages/registries.rs"]
mod registries;

use std::path::Path;

use harness::{Architecture, Muslin, Scratch};

/// What a run says on stderr, with its folder named `DIR`.
fn said(scratch: &Scratch, args: &[&str]) -> String {
    say(scratch, Muslin::new().args(args))
}

fn say(scratch: &Scratch, muslin: Muslin) -> String {
    let output = muslin.folder(scratch.path()).status(2).run();
    assert_eq!(output.stdout, "");
    assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
    let real = scratch.path().canonicalize().unwrap();
    let text = harness::Output::redacted(&output.stderr, &real, "DIR");
    harness::Output::redacted(&text, scratch.path(), "DIR")
}

/// A package with this manifest behind `name` and `version`, and these binaries.
fn package(scratch: &Scratch, manifest: &str, bins: &[&str]) {
    let head = "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2021\"\n";
    scratch.write("Cargo.toml", format!("{head}{manifest}"));
    scratch.write("src/lib.rs", "");
    for bin in bins {
        scratch.write(format!("src/bin/{bin}.rs"), "fn main() {}\n");
    }
}

fn executable(scratch: &Scratch) -> String {
    let path = Architecture::Amd64.write(scratch, "program", "hello", 100);
    format!("linux/amd64={}", path.display())
}

#[test]
fn arguments_that_make_no_sense() {
    let scratch = Scratch::new();
    for (name, args) in [
        (
            "flag_platform",
            &["build", "--platform", "linux/riscv64"][..],
        ),
        ("flag_label", &["build", "--label", "name"]),
        ("flag_destination", &["build", "--to", "image"]),
        ("flag_executable", &["pack", "--executable", "program"]),
        ("flag_unknown", &["build", "--bogus"]),
        (
            "flag_created",
            &["pack", "--created", "now", "--executable", "linux/amd64=x"],
        ),
        ("no_executable", &["pack"]),
        ("crate_name", &["build", "--crate", "a b"]),
        (
            "index_tag",
            &["index", "--to", "oci:x", "-t", "a b/../c", "oci:y"],
        ),
    ] {
        insta::assert_snapshot!(name, said(&scratch, args));
    }
}

#[test]
fn a_cache_that_is_a_file() {
    let scratch = Scratch::new();
    let given = executable(&scratch);
    let cache = scratch.write("cache", "");
    let muslin = Muslin::new()
        .args(["pack", "--executable", &given])
        .env("MUSLIN_CACHE_DIR", cache);
    insta::assert_snapshot!("cache_is_file", say(&scratch, muslin));
}
