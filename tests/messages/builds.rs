//! Builds that cargo or the linker refuses, and machines without tools.

use super::*;

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
