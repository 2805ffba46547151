//! Packages that are compiled for real: the same bits everywhere, the user's flags
//! kept, and programs that run on both platforms.

mod harness;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::{Muslin, Scratch, arm64};
use serde_json::Value;

/// A fixture, copied to a folder where it can be built.
fn copy_fixture(name: &str, to: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    copy_tree(&from, to);
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            if entry.file_name() != "target" {
                copy_tree(&entry.path(), &target);
            }
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// `muslin build` in this folder with the report as JSON.
fn build(folder: &Path) -> Muslin {
    Muslin::new()
        .with_users_cache()
        .folder(folder)
        .args(["build", "--json", "--locked"])
}

fn report(muslin: Muslin) -> (Value, String) {
    let output = muslin.run();
    (serde_json::from_str(&output.stdout).unwrap(), output.stderr)
}

/// The executable that a build has left for a target.
fn executable(folder: &Path, target: &str, profile: &str, name: &str) -> PathBuf {
    folder.join("target").join(target).join(profile).join(name)
}

const AMD64: &str = "x86_64-unknown-linux-musl";
const ARM64: &str = "aarch64-unknown-linux-musl";

fn run(mut command: Command) -> String {
    let output = command.env_remove("RUST_BACKTRACE").output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn two_builds_in_different_places_give_the_same_image() {
    let scratch = Scratch::new();
    let first = scratch.join("a");
    copy_fixture("same-bits", &first);
    let (one, _) = report(build(&first).arg("-j1"));

    // Another folder, cargo home, umask, number of jobs and time.
    let second = scratch.join("a/much/longer/way/to/b");
    copy_fixture("same-bits", &second);
    let home = scratch.folder("another-home");
    let muslin = build(&second).arg("-j3").env("CARGO_HOME", &home);
    let command = muslin.command(&scratch);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "umask 077; exec \"$0\" \"$@\""])
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(command.get_current_dir().unwrap())
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    let two: Value = serde_json::from_str(&run(shell)).unwrap();

    assert_eq!(one["digest"], two["digest"]);
    assert_eq!(one["leaks"], Value::Array(Vec::new()));
    for (platform, machine) in [(0, "x86-64"), (1, "aarch64")] {
        let elf = &one["platforms"][platform]["executables"][0]["elf"];
        let expected = serde_json::json!({
            "machine": machine, "interpreter": null, "needed": [],
            "position-independent": true, "relro": true, "bind-now": true,
            "executable-stack": false, "debug-info": false, "crates": null,
        });
        assert_eq!(*elf, expected);
    }
    for target in [AMD64, ARM64] {
        let bytes = fs::read(executable(&first, target, "release", "same-bits")).unwrap();
        let home = std::env::home_dir().unwrap();
        for path in [
            first.to_str().unwrap(),
            &format!("{}/.", home.to_str().unwrap()),
        ] {
            let found = bytes
                .windows(path.len())
                .any(|window| window == path.as_bytes());
            assert!(!found, "`{path}` is in the executable for {target}");
        }
    }
    let says = "rust src/main.rs c /workspace/c/place.c of Jan  1 1980 00:00:00\n\
         panicked true version None\n";
    let mut amd64 = Command::new(executable(&first, AMD64, "release", "same-bits"));
    amd64.arg("panic");
    assert_eq!(run(amd64), says);
    if let Some(mut arm64) = arm64(&executable(&first, ARM64, "release", "same-bits")) {
        arm64.arg("panic");
        assert_eq!(run(arm64), says);
    }
}

#[test]
fn version_and_revision_change_labels_and_nothing_else() {
    let scratch = Scratch::new();
    copy_fixture("same-bits", scratch.path());
    let one_platform = || build(scratch.path()).args(["--platform", "linux/amd64"]);
    let (one, _) = report(one_platform());
    let (two, stderr) = report(
        one_platform()
            .env("VERSION", "9.8.7")
            .env("COMMIT_SHA", "4f0c1d2"),
    );
    assert!(!stderr.contains("Compiling"), "{stderr}");
    assert_eq!(two["version"], serde_json::json!(["9.8.7", "environment"]));
    assert_eq!(
        two["revision"],
        serde_json::json!(["4f0c1d2", "environment"])
    );
    assert_ne!(one["digest"], two["digest"]);
    let layers = |report: &Value| {
        let layers = report["platforms"][0]["layers"].as_array().unwrap().clone();
        layers
            .into_iter()
            .map(|layer| layer["digest"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(layers(&one), layers(&two));
    let config =
        harness::Layout::open(scratch.join("target/muslin/same-bits")).config("latest", "amd64");
    let labels = &config["config"]["Labels"];
    assert_eq!(labels["org.opencontainers.image.version"], "9.8.7");
    assert_eq!(labels["org.opencontainers.image.revision"], "4f0c1d2");
}

#[test]
fn fat_lto_and_aborting_panics_work() {
    let scratch = Scratch::new();
    copy_fixture("same-bits", scratch.path());
    for profile in ["fat", "abort"] {
        build(scratch.path())
            .args(["--profile", profile, "--platform", "linux/amd64"])
            .run();
        let program = executable(scratch.path(), AMD64, profile, "same-bits");
        let mut calm = Command::new(&program);
        calm.arg("calm");
        assert!(run(calm).ends_with("panicked false version None\n"));
        let panic = Command::new(&program).arg("panic").output().unwrap();
        assert_eq!(panic.status.success(), profile == "fat", "{profile}");
    }
}

/// Debian's Rust has no musl standard library, but its source.
#[test]
fn a_standard_library_built_from_source_serves_every_profile() {
    if !Path::new("/usr/bin/rustc").exists() || !Path::new("/usr/bin/cargo").exists() {
        return harness::skip("there is no Rust of the distribution in /usr/bin");
    }
    let scratch = Scratch::new();
    copy_fixture("same-bits", scratch.path());
    for profile in ["release", "fat", "abort"] {
        let muslin = build(scratch.path())
            .args(["--profile", profile])
            .env("CARGO", "/usr/bin/cargo")
            .env("RUSTC", "/usr/bin/rustc");
        let (report, _) = report(muslin);
        assert_eq!(report["toolchain"]["std"], "built");
        assert_eq!(report["toolchain"]["chosen"], "chosen");
        assert_eq!(report["leaks"], Value::Array(Vec::new()));
        for target in [AMD64, ARM64] {
            let program = executable(scratch.path(), target, profile, "same-bits");
            let command = if target == AMD64 {
                Some(Command::new(program))
            } else {
                arm64(&program)
            };
            let Some(mut command) = command else { continue };
            command.arg("calm");
            assert!(run(command).ends_with("panicked false version None\n"));
        }
    }
}

/// Writes a package whose program says which `--cfg`s it was compiled with.
fn write_flags_package(scratch: &Scratch, config: &str) {
    scratch.write(
        "Cargo.toml",
        "[package]\nname = \"flags\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
    );
    scratch.write(
        "Cargo.lock",
        "version = 4\n[[package]]\nname = \"flags\"\nversion = \"1.0.0\"\n",
    );
    scratch.write(
        "src/main.rs",
        "#![allow(unexpected_cfgs)]\nfn main() { println!(\"{} {}\", cfg!(one), cfg!(two)); }\n",
    );
    scratch.write(".cargo/config.toml", config);
}

#[test]
fn rustflags_of_the_user_are_kept_wherever_they_are() {
    let target_table = format!("[target.{AMD64}]\nrustflags = ['--cfg', 'one']\n");
    let target_variable = "CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_RUSTFLAGS";
    #[allow(clippy::type_complexity)] // Config, variables, what the program prints.
    let cases: [(&str, &[(&str, &str)], &str); 9] = [
        ("", &[], "false false"),
        ("[build]\nrustflags = ['--cfg', 'one']", &[], "true false"),
        (&target_table, &[], "true false"),
        (
            "[target.'cfg(target_env = \"musl\")']\nrustflags = ['--cfg', 'one']",
            &[],
            "true false",
        ),
        ("", &[("RUSTFLAGS", "--cfg one --cfg two")], "true true"),
        (
            "",
            &[("CARGO_ENCODED_RUSTFLAGS", "--cfg\u{1f}two")],
            "false true",
        ),
        ("", &[("CARGO_BUILD_RUSTFLAGS", "--cfg two")], "false true"),
        (
            &target_table,
            &[(target_variable, "--cfg two")],
            "true true",
        ),
        // As cargo has it: the variable counts, the file does not.
        (
            "[build]\nrustflags = ['--cfg', 'one']",
            &[("RUSTFLAGS", "--cfg two")],
            "false true",
        ),
    ];
    for (config, variables, expected) in cases {
        let scratch = Scratch::new();
        write_flags_package(&scratch, config);
        let mut muslin = build(scratch.path()).args(["--platform", "linux/amd64"]);
        for (name, value) in variables {
            muslin = muslin.env(*name, *value);
        }
        let (report, _) = report(muslin);
        assert_eq!(report["leaks"], Value::Array(Vec::new()));
        let said = run(Command::new(executable(
            scratch.path(),
            AMD64,
            "release",
            "flags",
        )));
        assert_eq!(said.trim(), expected, "{config} {variables:?}");
    }
}

#[test]
fn a_compiler_wrapper_of_the_user_is_still_called() {
    let scratch = Scratch::new();
    write_flags_package(&scratch, "");
    let log = scratch.join("wrapped");
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> '{}'\nexec \"$@\"\n",
        log.display()
    );
    let wrapper = scratch.write("wrapper", script);
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
    build(scratch.path())
        .args(["--platform", "linux/amd64"])
        .env("RUSTC_WRAPPER", &wrapper)
        .run();
    let calls = fs::read_to_string(log).unwrap();
    assert!(calls.contains("--crate-name flags"), "{calls}");
    assert!(calls.contains("+crt-static"), "{calls}");
}

#[test]
fn a_path_that_the_program_says_itself_is_named() {
    let scratch = Scratch::new();
    write_flags_package(&scratch, "");
    scratch.write(
        "src/main.rs",
        "fn main() { println!(\"{}\", env!(\"CARGO_MANIFEST_DIR\")); }\n",
    );
    let (report, stderr) = report(build(scratch.path()).args(["--platform", "linux/amd64"]));
    let folder = scratch.path().canonicalize().unwrap();
    let said = report["leaks"][0]["strings"][0].as_str().unwrap();
    assert!(said.starts_with(folder.to_str().unwrap()), "{said}");
    assert!(
        stderr.contains("warning") && stderr.contains("CARGO_MANIFEST_DIR"),
        "{stderr}"
    );
}

#[test]
fn the_time_is_passed_through_and_never_invented() {
    let scratch = Scratch::new();
    write_flags_package(&scratch, "");
    scratch.write(
        "src/main.rs",
        "fn main() { println!(\"{:?}\", option_env!(\"SOURCE_DATE_EPOCH\")); }\n",
    );
    let created = |muslin: Muslin| {
        muslin.args(["--platform", "linux/amd64"]).run();
        let said = run(Command::new(executable(
            scratch.path(),
            AMD64,
            "release",
            "flags",
        )));
        let config =
            harness::Layout::open(scratch.join("target/muslin/flags")).config("latest", "amd64");
        (said, config["created"].as_str().unwrap().to_owned())
    };
    let expected = ("None\n".to_owned(), "1970-01-01T00:00:00Z".to_owned());
    assert_eq!(created(build(scratch.path())), expected);
    let expected = (
        "Some(\"86400\")\n".to_owned(),
        "1970-01-02T00:00:00Z".to_owned(),
    );
    assert_eq!(
        created(build(scratch.path()).env("SOURCE_DATE_EPOCH", "86400")),
        expected
    );
}

#[test]
fn what_is_packed_is_what_was_built() {
    let scratch = Scratch::new();
    write_flags_package(&scratch, "");
    let (built, _) = report(build(scratch.path()));
    let given = |platform: &str, target: &str| {
        let path = executable(scratch.path(), target, "release", "flags");
        format!("{platform}={}", path.display())
    };
    let packed = Muslin::new()
        .folder(scratch.path())
        .args(["pack", "--json", "--to", "oci:packed"])
        .args(["--executable", &given("linux/arm64", ARM64)])
        .args(["--executable", &given("linux/amd64", AMD64)])
        .run();
    let packed: Value = serde_json::from_str(&packed.stdout).unwrap();
    assert_eq!(built["digest"], packed["digest"]);
}

#[test]
fn a_build_that_changes_nothing_takes_its_layers_from_the_cache() {
    let scratch = Scratch::new();
    write_flags_package(&scratch, "");
    let (one, _) = report(build(scratch.path()));
    let (two, stderr) = report(build(scratch.path()));
    assert_eq!(one["digest"], two["digest"]);
    assert!(stderr.contains("all cached"), "{stderr}");
    let cached = |report: &Value| {
        let platforms = report["platforms"].as_array().unwrap().clone();
        platforms.iter().all(|platform| {
            platform["layers"]
                .as_array()
                .unwrap()
                .iter()
                .all(|layer| layer["cached"] == true)
        })
    };
    assert!(cached(&two));
}

/// What cargo-auditable puts into an executable: a section of zlib-compressed JSON.
#[test]
fn crates_that_an_executable_says_it_holds_are_shown() {
    let scratch = Scratch::new();
    write_flags_package(&scratch, "");
    let json = br#"{"packages":[
        {"name":"flags","version":"1.0.0","source":"local","dependencies":[1],"root":true},
        {"name":"itoa","version":"1.0.11","source":"crates.io"},
        {"name":"cc","version":"1.2.0","source":"crates.io","kind":"build"}]}"#;
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, json).unwrap();
    let packed = packed.finish().unwrap();
    scratch.write("crates.bin", &packed);
    let main = format!(
        "#[used]\n#[link_section = \".dep-v0\"]\n\
         static CRATES: [u8; {}] = *include_bytes!(\"../crates.bin\");\nfn main() {{}}\n",
        packed.len()
    );
    scratch.write("src/main.rs", main);
    let (built, _) = report(build(scratch.path()).args(["--platform", "linux/amd64"]));
    let expected = serde_json::json!([
        { "name": "flags", "version": "1.0.0" },
        { "name": "itoa", "version": "1.0.11" },
    ]);
    assert_eq!(
        built["platforms"][0]["executables"][0]["elf"]["crates"],
        expected
    );
    let reference = built["written"][0]["reference"].as_str().unwrap();
    let shown = Muslin::new().args(["inspect", reference]).run().stdout;
    assert!(shown.contains("crate      itoa 1.0.11"), "{shown}");
}

#[test]
fn a_job_of_github_actions_gets_a_summary_and_outputs() {
    let scratch = Scratch::new();
    write_flags_package(&scratch, "");
    let (summary, outputs) = (scratch.join("summary.md"), scratch.join("outputs"));
    let (built, _) = report(
        build(scratch.path())
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("GITHUB_OUTPUT", &outputs)
            .args(["--metadata-file", "build.json"]),
    );
    let summary = fs::read_to_string(summary).unwrap();
    assert!(
        summary.contains("| linux/arm64 | /usr/local/bin/flags "),
        "{summary}"
    );
    let digest = built["digest"].as_str().unwrap();
    let outputs = fs::read_to_string(outputs).unwrap();
    assert!(
        outputs.starts_with(&format!("digest={digest}\nreference=oci:")),
        "{outputs}"
    );
    let metadata = fs::read_to_string(scratch.join("build.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&metadata).unwrap(), built);
}
