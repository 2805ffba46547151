//! Packages whose `openssl-sys` looks for an OpenSSL, which muslin builds.

use std::os::unix::fs::symlink;

use super::*;

/// Checks what the program of the fixture says of its OpenSSL: nothing of the machine that built it.
#[track_caller]
fn check(said: &str, version: &str) {
    let lines: Vec<&str> = said.lines().collect();
    let [number, built_on, compiler, folder, digest] = lines[..] else {
        panic!("{said}");
    };
    assert!(number.starts_with(&format!("OpenSSL {version} ")), "{said}");
    assert_eq!(built_on, "built on: Tue Jan  1 00:00:00 1980 UTC");
    assert!(compiler.starts_with("compiler: cc -"), "{said}");
    assert!(!compiler.contains('/'), "{said}");
    assert_eq!(folder, "OPENSSLDIR: \"/etc/ssl\"");
    assert_eq!(digest, "e3b0");
}

#[test]
#[ignore = "long: builds OpenSSL for two platforms, which takes minutes"]
fn a_package_that_looks_for_openssl_gets_one_that_runs_on_both_platforms() {
    let scratch = Scratch::new();
    let folder = scratch.join("app");
    copy_fixture("openssl", &folder);
    let (one, _) = report(build(&folder).with_kept_cache());
    let openssl = &one["toolchain"]["openssl"];
    let platforms = serde_json::json!(["linux/amd64", "linux/arm64"]);
    assert_eq!(openssl["platforms"], platforms);
    let version = openssl["version"].as_str().unwrap();
    let source = openssl["source"].as_str().unwrap();
    let source_version = source.strip_prefix("openssl-src ").unwrap();
    assert!(source_version.ends_with(&format!("+{version}")), "{source}");
    assert_eq!(one["leaks"], Value::Array(Vec::new()));

    let amd64 = listed_executable(&folder, AMD64, "shows-openssl");
    let arm64_program = listed_executable(&folder, ARM64, "shows-openssl");
    check(&run(Command::new(&amd64)), version);
    if let Some(command) = arm64(&arm64_program) {
        check(&run(command), version);
    }
    for path in [&amd64, &arm64_program] {
        let list = auditable_info::audit_info_from_file(path, Limits::default()).unwrap();
        let of = |name: &str| {
            let mut packages = list.packages.iter();
            packages.position(|package| package.name == name).unwrap()
        };
        let linked = &list.packages[of("openssl-src")];
        assert_eq!(linked.version.to_string(), source_version);
        assert_eq!(format!("{:?}", linked.kind), "Runtime");
        let into = &list.packages[of("openssl-sys")];
        assert!(into.dependencies.contains(&of("openssl-src")));
    }

    // Another folder, and a lock file in which cargo has to write down openssl-sys first.
    let other = scratch.join("another/place");
    copy_fixture("openssl", &other);
    let locked = other.join("Cargo.lock");
    let complete = fs::read(&locked).unwrap();
    fs::write(
        &locked,
        "version = 4\n[[package]]\nname = \"shows-openssl\"\nversion = \"1.0.0\"\n",
    )
    .unwrap();
    let unlocked = Muslin::new().with_kept_cache().folder(&other);
    let (two, _) = report(unlocked.args(["build", "--json", "--platform", "linux/amd64"]));
    assert_eq!(two["toolchain"]["openssl"]["version"], *version);
    fs::write(&locked, complete).unwrap();
    let (three, _) = report(build(&other).with_kept_cache());
    assert_eq!(three["digest"], one["digest"]);
}

/// A folder for PATH with what a build needs, but for these programs.
fn path_without(scratch: &Scratch, programs: &[&str]) -> PathBuf {
    let folder = scratch.folder("programs");
    let path = std::env::var_os("PATH").unwrap();
    for directory in std::env::split_paths(&path) {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if !programs.iter().any(|program| name == *program) {
                // The first one of a name counts, as on PATH.
                let _ = symlink(entry.path(), folder.join(name));
            }
        }
    }
    folder
}

#[test]
fn a_machine_without_perl_and_make_is_told_so() {
    let scratch = Scratch::new();
    let folder = scratch.join("app");
    copy_fixture("openssl", &folder);
    for (missing, named) in [
        (["perl", "make"], "`perl` and `make`"),
        (["make", "make"], "`make`"),
    ] {
        let scratch = Scratch::new();
        build(&folder)
            .env("PATH", path_without(&scratch, &missing))
            .status(2)
            .stderr(format!(
                "error: this package needs OpenSSL, which is built once with {named}, not found here; install what is \
                 missing (on Debian: `apt-get install perl make`), or set `OPENSSL_DIR` to an OpenSSL that is built for musl\n"
            ))
            .run();
    }
}

#[test]
fn a_build_without_the_network_names_the_source_that_is_missing() {
    let scratch = Scratch::new();
    let folder = scratch.join("app");
    copy_fixture("openssl", &folder);
    // All that the package itself needs is there.
    let home = scratch.folder("cargo-home");
    let mut fetch = Command::new("cargo");
    fetch
        .args(["fetch", "--locked"])
        .env("CARGO_HOME", &home)
        .current_dir(&folder);
    run(fetch);
    let output = build(&folder)
        .env("CARGO_HOME", &home)
        .arg("--offline")
        .status(2)
        .run();
    let expected = "and its source, `openssl-src` 300.6.1+3.6.3, is not downloaded yet; build once without `--offline`";
    assert!(output.stderr.contains(expected), "{}", output.stderr);
}

#[test]
fn a_package_that_brings_its_own_openssl_or_the_users_gets_none_of_muslin() {
    let scratch = Scratch::new();
    let folder = scratch.join("app");
    copy_fixture("openssl", &folder);
    // With neither perl nor make, what would build an OpenSSL says so: nothing does. What cargo makes of it
    // is another matter.
    let path = path_without(&scratch, &["perl", "make"]);
    let unused = |muslin: Muslin| {
        let output = muslin.env("PATH", &path).status(2).run();
        assert!(
            !output.stderr.contains("needs OpenSSL"),
            "{}",
            output.stderr
        );
        output.stderr
    };
    let said = unused(build(&folder).env("OPENSSL_DIR", scratch.folder("empty")));
    let expected = "`OPENSSL_DIR` is set, so `openssl-sys` has to find an OpenSSL that is built for musl with it; \
                    where it is not set, muslin builds one";
    assert!(said.contains(expected), "{said}");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let vendored = "openssl = { version = \"0.10\", features = [\"vendored\"] }";
    let manifest = manifest.replace("openssl = \"0.10\"", vendored);
    assert!(manifest.contains(vendored));
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    // A lock file with `openssl-src`, which `--locked` would not let cargo write.
    unused(Muslin::new().with_toolchain().folder(&folder).arg("build"));
}
