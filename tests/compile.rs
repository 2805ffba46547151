//! Compiling packages with cargo and zig: reproducible images, the user's flags respected, and
//! executables that run on both platforms.

#[path = "compile/flags.rs"]
mod flags;
mod harness;
#[path = "compile/openssl.rs"]
mod openssl;
#[path = "compile/published.rs"]
mod published;
#[path = "compile/rebuilt.rs"]
mod rebuilt;
#[path = "compile/same_bits.rs"]
mod same_bits;
#[path = "compile/sccache.rs"]
mod sccache;
#[path = "compile/zig.rs"]
mod zig;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use auditable_info::Limits;
use harness::{Muslin, Scratch, arm64, copy_tree};
use serde_json::Value;

/// A fixture, copied to a folder where it can be built.
fn copy_fixture(name: &str, to: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    copy_tree(&from, to);
}

/// `muslin build` in this folder with the report as JSON.
fn build(folder: &Path) -> Muslin {
    Muslin::new()
        .with_toolchain()
        .folder(folder)
        .args(["build", "--json", "--locked"])
}

fn report(muslin: Muslin) -> (Value, String) {
    let output = muslin.run();
    (serde_json::from_str(&output.stdout).unwrap(), output.stderr)
}

/// The path of an executable that has the list of its crates, as it is in the image.
fn listed_executable(folder: &Path, target: &str, name: &str) -> PathBuf {
    folder
        .join("target/muslin-executables")
        .join(target)
        .join(name)
}

/// The path of an executable as cargo wrote it.
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

/// Writes a package whose program prints the `--cfg`s that it was compiled with.
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
fn what_is_packed_is_what_was_built() {
    let scratch = Scratch::new();
    write_flags_package(&scratch, "");
    let (built, _) = report(build(scratch.path()));
    let given = |platform: &str, target: &str| {
        let path = listed_executable(scratch.path(), target, "flags");
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

/// A package with a library, a procedural macro, a build script that uses a library, and a
/// library for tests; none of them from a registry.
fn write_package_with_crates(scratch: &Scratch) {
    let mut lock = String::from("version = 4\n");
    for (name, dependencies) in [
        (
            "app",
            "dependencies = [\"gen\", \"helper\", \"mac\", \"part\"]\n",
        ),
        ("gen", ""),
        ("helper", ""),
        ("mac", "dependencies = [\"gen\"]\n"),
        ("part", ""),
    ] {
        lock += &format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n{dependencies}");
    }
    scratch.write("Cargo.lock", lock);
    let package = |name: &str, more: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n{more}")
    };
    scratch.write(
        "Cargo.toml",
        package(
            "app",
            "[workspace]\n[dependencies]\npart.path = \"part\"\nmac.path = \"mac\"\n\
             [build-dependencies]\ngen.path = \"gen\"\n[dev-dependencies]\nhelper.path = \"helper\"\n",
        ),
    );
    scratch.write(
        "src/main.rs",
        "mac::nothing!();\nfn main() { part::part() }\n",
    );
    scratch.write("build.rs", "fn main() { gen::part() }\n");
    for name in ["gen", "helper", "part"] {
        scratch.write(format!("{name}/Cargo.toml"), package(name, ""));
        scratch.write(format!("{name}/src/lib.rs"), "pub fn part() {}\n");
    }
    scratch.write(
        "mac/Cargo.toml",
        package(
            "mac",
            "[lib]\nproc-macro = true\n[dependencies]\ngen.path = \"../gen\"\n",
        ),
    );
    scratch.write(
        "mac/src/lib.rs",
        "#[proc_macro] pub fn nothing(_: proc_macro::TokenStream) -> proc_macro::TokenStream {\n\
         gen::part(); Default::default() }\n",
    );
}

#[test]
fn executables_have_the_list_of_their_crates() {
    let scratch = Scratch::new();
    write_package_with_crates(&scratch);
    let (built, _) = report(build(scratch.path()));
    let expected = serde_json::json!([
        { "name": "app", "version": "1.0.0" },
        { "name": "part", "version": "1.0.0" },
    ]);
    for platform in built["platforms"].as_array().unwrap() {
        assert_eq!(platform["executables"][0]["elf"]["crates"], expected);
    }
    for target in [AMD64, ARM64] {
        // Read by cargo-auditable's own code.
        let path = listed_executable(scratch.path(), target, "app");
        let list = auditable_info::audit_info_from_file(&path, Limits::default()).unwrap();
        let packages: Vec<_> = list
            .packages
            .iter()
            .map(|package| {
                format!(
                    "{} {:?} {:?}",
                    package.name, package.kind, package.dependencies
                )
            })
            .collect();
        assert_eq!(
            packages,
            [
                "app Runtime [1, 2, 3]",
                "gen Build []",
                "mac Build [1]",
                "part Runtime []",
            ]
        );
    }
    // What cargo wrote is left as it is, and runs as the copy does.
    let program = executable(scratch.path(), AMD64, "release", "app");
    assert!(auditable_info::audit_info_from_file(&program, Limits::default()).is_err());
    run(Command::new(listed_executable(
        scratch.path(),
        AMD64,
        "app",
    )));
}

/// cargo-auditable adds a section of zlib-compressed JSON to an executable.
#[test]
fn crates_in_the_list_of_cargo_auditable_are_reported() {
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
