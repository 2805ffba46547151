//! Profiles, rustflags and compiler wrappers of the user are respected.

use super::*;

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

/// Debian's Rust has no musl standard library, but rust-src.
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

#[test]
fn rustflags_of_every_source_are_kept() {
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
        // As in cargo, the variable hides the flags of the file.
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
fn profiles_of_cargos_configuration_are_kept() {
    let scratch = Scratch::new();
    write_flags_package(&scratch, "");
    let has_symbols = || {
        build(scratch.path())
            .args(["--platform", "linux/amd64"])
            .run();
        let bytes = fs::read(executable(scratch.path(), AMD64, "release", "flags")).unwrap();
        let name = b"\0.symtab\0";
        bytes.windows(name.len()).any(|part| part == name)
    };
    assert!(
        !has_symbols(),
        "executables are stripped where nothing says otherwise"
    );
    scratch.write(".cargo/config.toml", "[profile.release]\nstrip = 'none'\n");
    assert!(has_symbols(), "the configuration keeps symbols");
}

#[test]
fn the_build_directory_of_cargos_configuration_leaves_no_path() {
    let scratch = Scratch::new();
    let config =
        "[build]\ntarget-dir = 'elsewhere/target'\nbuild-dir = '{workspace-root}/between'\n";
    write_flags_package(&scratch, config);
    scratch.write(
        "build.rs",
        "fn main() {\n\
             let out = std::env::var(\"OUT_DIR\").unwrap();\n\
             std::fs::write(out + \"/code.rs\", \"pub fn fail() { panic!(\\\"told to\\\") }\").unwrap();\n\
         }\n",
    );
    scratch.write(
        "src/main.rs",
        "include!(concat!(env!(\"OUT_DIR\"), \"/code.rs\"));\n\
         fn main() { if std::env::args().count() > 1 { fail() } }\n",
    );
    let (report, _) = report(build(scratch.path()).args(["--platform", "linux/amd64"]));
    assert_eq!(report["leaks"], Value::Array(Vec::new()));
    assert!(
        scratch.join("between").is_dir(),
        "cargo does not know `build.build-dir`"
    );
    let program = scratch
        .join("elsewhere/target")
        .join(AMD64)
        .join("release/flags");
    let output = Command::new(program).arg("fail").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("/workspace/target/"), "{said}");
}

#[test]
fn a_folder_that_is_named_like_a_target_does_not_choose_the_executable() {
    let scratch = Scratch::new();
    let folder = scratch.folder(ARM64).join(AMD64).join("release");
    copy_fixture("same-bits", &folder);
    let (report, _) = report(build(&folder));
    for (platform, machine) in [(0, "x86-64"), (1, "aarch64")] {
        let executable = &report["platforms"][platform]["executables"][0];
        assert_eq!(executable["elf"]["machine"], machine);
    }
}

#[test]
fn two_builds_in_one_target_directory_pack_what_each_has_compiled() {
    let scratch = Scratch::new();
    write_flags_package(&scratch, "");
    scratch.write(
        "Cargo.toml",
        "[package]\nname = \"flags\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[features]\nloud = []\n",
    );
    scratch.write(
        "src/main.rs",
        "fn main() { println!(\"{}\", if cfg!(feature = \"loud\") { \"it is loud\" } else { \"it is quiet\" }); }\n",
    );
    let digest = |options: &[&str], to: &str| {
        let muslin = build(scratch.path()).args(["--platform", "linux/amd64", "--to", to]);
        let (report, _) = report(muslin.args(options));
        report["digest"].as_str().unwrap().to_owned()
    };
    let quiet = digest(&[], "oci:quiet");
    let loud = digest(&["--features", "loud"], "oci:loud");
    assert_ne!(quiet, loud);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| assert_eq!(digest(&[], "oci:one"), quiet));
            scope.spawn(|| assert_eq!(digest(&["--features", "loud"], "oci:two"), loud));
        }
    });
}
