//! What is said when something cannot be done: one error that names the thing and
//! the mend, and status 2.

mod harness;

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

/// A package with one binary and this in its table.
fn with_table(table: &str) -> (Scratch, String) {
    let scratch = Scratch::new();
    package(
        &scratch,
        &format!("[package.metadata.muslin]\n{table}\n"),
        &["app"],
    );
    let text = said(&scratch, &["build"]);
    (scratch, text)
}

fn executable(scratch: &Scratch) -> String {
    let path = Architecture::Amd64.write(scratch, "program", "hello", 100);
    format!("linux/amd64={}", path.display())
}

#[test]
fn a_package_that_is_not_there() {
    let scratch = Scratch::new();
    insta::assert_snapshot!("no_manifest", said(&scratch, &["build"]));
    insta::assert_snapshot!("not_a_package", said(&scratch, &["build", "elsewhere"]));
}

#[test]
fn a_manifest_that_is_none() {
    let scratch = Scratch::new();
    scratch.write("Cargo.toml", "[package\n");
    insta::assert_snapshot!("broken_manifest", said(&scratch, &["build"]));
}

#[test]
fn a_package_without_a_binary_or_with_too_many() {
    let scratch = Scratch::new();
    package(&scratch, "", &[]);
    insta::assert_snapshot!("no_binary", said(&scratch, &["build"]));
    package(&scratch, "", &["one", "two"]);
    insta::assert_snapshot!("two_binaries", said(&scratch, &["build"]));
    insta::assert_snapshot!(
        "unknown_binary",
        said(&scratch, &["build", "--bin", "three"])
    );
    let both = ["build", "--bin", "one", "--bin", "two"];
    insta::assert_snapshot!("no_entrypoint", said(&scratch, &both));
}

#[test]
fn a_workspace_without_a_choice() {
    let scratch = Scratch::new();
    scratch.write("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n");
    for name in ["a", "b"] {
        let manifest = format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n");
        scratch.write(format!("{name}/Cargo.toml"), manifest);
        scratch.write(format!("{name}/src/main.rs"), "fn main() {}\n");
    }
    insta::assert_snapshot!("several_members", said(&scratch, &["build"]));
    insta::assert_snapshot!("unknown_member", said(&scratch, &["build", "-p", "c"]));
}

#[test]
fn a_workspace_whose_binaries_are_elsewhere() {
    let scratch = Scratch::new();
    for (name, target) in [("cli", "main"), ("server", "main"), ("core", "lib")] {
        let manifest = format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n");
        scratch.write(format!("crates/{name}/Cargo.toml"), manifest);
        scratch.write(format!("crates/{name}/src/{target}.rs"), "fn main() {}\n");
    }
    let workspace = |members: &str| format!("[workspace]\nmembers = [\"crates/*\"]\n{members}\n");
    package(&scratch, &workspace(""), &[]);
    insta::assert_snapshot!("no_binary_at_root", said(&scratch, &["build"]));
    package(
        &scratch,
        &workspace("default-members = [\".\", \"crates/c*\"]"),
        &[],
    );
    insta::assert_snapshot!("no_binary_at_root_with_default", said(&scratch, &["build"]));
    let none_by_default = workspace("default-members = [\"crates/core\"]");
    scratch.write("Cargo.toml", none_by_default);
    insta::assert_snapshot!("no_binary_by_default", said(&scratch, &["build"]));
}

#[test]
fn keys_and_values_of_the_table() {
    for (name, table) in [
        ("unknown_key", "platfroms = []"),
        ("far_key", "flavour = 1"),
        ("base", "base = \"debian\""),
        ("wrong_type", "tags = \"latest\""),
        ("bad_image", "image = \"Ghcr.io/X:1\""),
        ("bad_tag", "tags = [\"a b\"]"),
        ("bad_user", "user = \"root\""),
        ("bad_port", "expose = [\"http\"]"),
        ("bad_platform", "platforms = [\"linux/riscv64\"]"),
        ("bad_size", "max-size = \"big\""),
        ("bad_signal", "stop-signal = \"TERM\""),
        ("bad_workdir", "workdir = \"srv\""),
        ("unknown_entrypoint", "entrypoint = \"other\""),
    ] {
        let (_scratch, text) = with_table(table);
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn files_that_cannot_go_into_the_image() {
    let scratch = Scratch::new();
    let given = executable(&scratch);
    let pack = ["pack", "--executable", &given];
    let with_files = |from: &str| {
        let row = format!("{{ from = \"{from}\", to = \"/srv\" }}");
        package(
            &scratch,
            &format!("[package.metadata.muslin]\nfiles = [{row}]\n"),
            &["app"],
        );
        said(&scratch, &pack)
    };
    insta::assert_snapshot!("missing_file", with_files("assets"));
    std::os::unix::fs::symlink("/etc/hostname", scratch.join("link")).unwrap();
    insta::assert_snapshot!("outside_file", with_files("link"));
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
fn executables_that_no_image_can_hold() {
    let scratch = Scratch::new();
    scratch.write("script", "#!/bin/sh\n");
    Architecture::Amd64.write(&scratch, "program", "hello", 100);
    for (name, given) in [
        ("script", "linux/amd64=script"),
        ("wrong_machine", "linux/arm64=program"),
        ("missing_executable", "linux/amd64=elsewhere"),
    ] {
        insta::assert_snapshot!(name, said(&scratch, &["pack", "--executable", given]));
    }
    let dynamic = std::env::current_exe().unwrap();
    let given = format!(
        "linux/{}={}",
        if cfg!(target_arch = "x86_64") {
            "amd64"
        } else {
            "arm64"
        },
        dynamic.display()
    );
    let text = said(&scratch, &["pack", "--executable", &given]);
    let interpreter = text.split('`').find(|quoted| quoted.starts_with("/lib"));
    let text = text
        .replace(dynamic.to_str().unwrap(), "PROGRAM")
        .replace(interpreter.unwrap(), "INTERPRETER");
    insta::assert_snapshot!("dynamic", text);
    let twice = [
        "pack",
        "--executable",
        "linux/amd64=program",
        "--executable",
        "linux/amd64=program",
    ];
    insta::assert_snapshot!("given_twice", said(&scratch, &twice));
}

#[test]
fn an_image_that_is_larger_than_allowed() {
    let scratch = Scratch::new();
    package(
        &scratch,
        "[package.metadata.muslin]\nmax-size = \"1kB\"\n",
        &["app"],
    );
    let given = executable(&scratch);
    let text = said(
        &scratch,
        &["pack", "--executable", &given, "--to", "oci:image"],
    );
    let size = |word: &&str| word.len() > 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let size = text.split(' ').find(size).unwrap();
    insta::assert_snapshot!("too_large", text.replace(size, "SIZE"));
    assert!(!scratch.join("image").exists());
}

#[test]
fn destinations_that_cannot_be_written() {
    let scratch = Scratch::new();
    let given = executable(&scratch);
    scratch.write("file", "");
    scratch.write("foreign/letter", "");
    for (name, to) in [
        ("layout_is_file", "oci:file"),
        ("folder_is_not_a_layout", "oci:foreign"),
        ("archive_is_folder", "docker-archive:foreign"),
        ("destination_in_file", "oci-archive:file/x.tar"),
    ] {
        let text = said(&scratch, &["pack", "--executable", &given, "--to", to]);
        insta::assert_snapshot!(name, text);
    }
    let arm64 = Architecture::Arm64.write(&scratch, "arm64/program", "hello", 100);
    let arm64 = format!("linux/arm64={}", arm64.display());
    let both = [
        "pack",
        "--executable",
        &given,
        "--executable",
        &arm64,
        "--to",
        "docker-archive:x.tar",
    ];
    insta::assert_snapshot!("two_platforms_in_one_archive", said(&scratch, &both));
    assert!(Path::new(&scratch.join("foreign/letter")).exists());
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

#[test]
fn images_that_cannot_be_read() {
    let scratch = Scratch::new();
    scratch.write("file", "no tar");
    scratch.folder("folder");
    for (name, reference) in [
        ("inspect_nothing", "oci:nowhere"),
        ("inspect_file", "oci:file"),
        ("inspect_folder", "oci:folder"),
        ("inspect_archive", "oci-archive:file"),
        ("inspect_docker", "docker-archive:file"),
    ] {
        insta::assert_snapshot!(name, said(&scratch, &["inspect", reference]));
    }
    let given = executable(&scratch);
    Muslin::new()
        .folder(scratch.path())
        .args(["pack", "--executable", &given, "--to", "oci:a"])
        .run();
    insta::assert_snapshot!(
        "same_platform",
        said(&scratch, &["index", "--to", "oci:b", "oci:a", "oci:a"])
    );
    insta::assert_snapshot!("no_such_tag", said(&scratch, &["inspect", "oci:a:v9"]));
    assert!(!scratch.join("b").exists());
}

#[test]
fn a_build_that_cargo_refuses() {
    let scratch = Scratch::new();
    package(&scratch, "[dependencies]\ncfg-if = \"1\"\n", &["app"]);
    scratch.write(
        "Cargo.lock",
        "version = 4\n[[package]]\nname = \"app\"\nversion = \"1.0.0\"\n",
    );
    let muslin = Muslin::new().with_toolchain().args(["build", "--locked"]);
    let text = say(&scratch, muslin);
    assert!(text.contains("--locked"), "{text}");
    insta::assert_snapshot!("cargo_refused", text.lines().last().unwrap());

    let scratch = Scratch::new();
    package(&scratch, "", &[]);
    scratch.write(
        "Cargo.lock",
        "version = 4\n[[package]]\nname = \"app\"\nversion = \"1.0.0\"\n",
    );
    scratch.write(
        "src/main.rs",
        "#[cfg(target_env = \"musl\")] compile_error!(\"glibc\"); fn main() {}\n",
    );
    let text = say(&scratch, Muslin::new().with_toolchain().args(["build"]));
    assert!(text.contains("error: glibc"), "{text}");
    insta::assert_snapshot!("cargo_failed", text.lines().last().unwrap());
}

#[test]
fn a_build_that_may_fail_because_of_musl() {
    let scratch = Scratch::new();
    package(&scratch, "", &[]);
    scratch.write(
        "src/main.rs",
        "unsafe extern \"C\" { fn only_in_glibc(); }\nfn main() { unsafe { only_in_glibc() } }\n",
    );
    let build = || say(&scratch, Muslin::new().with_users_cache().args(["build"]));
    let text = build();
    assert!(text.contains("only_in_glibc"), "{text}");
    insta::assert_snapshot!("link_failed", text.lines().last().unwrap());

    package(&scratch, "[dependencies]\nnative-sys = \"1\"\n", &[]);
    scratch.write("src/main.rs", "fn main() {}\n");
    scratch.write(
        ".cargo/config.toml",
        "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"vendor\"\n",
    );
    scratch.write(
        "vendor/native-sys/Cargo.toml",
        "[package]\nname = \"native-sys\"\nversion = \"1.0.0\"\n",
    );
    scratch.write("vendor/native-sys/.cargo-checksum.json", "{\"files\": {}}");
    scratch.write("vendor/native-sys/src/lib.rs", "");
    scratch.write(
        "vendor/native-sys/build.rs",
        "fn main() { eprintln!(\"no native library\"); std::process::exit(1) }\n",
    );
    let text = build();
    assert!(text.contains("no native library"), "{text}");
    insta::assert_snapshot!("build_script_failed", text.lines().last().unwrap());
}

#[test]
fn a_machine_without_rust_or_without_zig() {
    let scratch = Scratch::new();
    package(&scratch, "", &["app"]);
    let muslin = Muslin::new()
        .args(["build"])
        .env("PATH", scratch.folder("nothing"));
    insta::assert_snapshot!("no_cargo", say(&scratch, muslin));
    let muslin = Muslin::new().args(["setup", "--offline"]);
    let text = say(&scratch, muslin);
    assert!(
        text.contains("without `--offline`") || text.contains("rust-src"),
        "{text}"
    );
}

#[test]
fn help_shows_every_command_with_examples() {
    for (name, args) in [
        ("help", &["--help"][..]),
        ("help_build", &["build", "--help"]),
        ("help_pack", &["pack", "--help"]),
        ("help_index", &["index", "--help"]),
        ("help_inspect", &["inspect", "--help"]),
        ("help_setup", &["setup", "--help"]),
        ("help_mcp", &["mcp", "--help"]),
    ] {
        let output = Muslin::new().args(args).env("COLUMNS", "100").run();
        insta::assert_snapshot!(name, output.stdout);
    }
}

#[test]
fn completions_and_man_pages_are_printed() {
    let bash = Muslin::new().args(["completions", "bash"]).run();
    assert!(
        bash.stdout.contains("complete -F _muslin"),
        "{}",
        bash.stdout
    );
    let page = Muslin::new().args(["man", "build"]).run();
    assert!(page.stdout.contains(".SH SYNOPSIS") && page.stdout.contains("platform"));
}
