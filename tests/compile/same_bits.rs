//! Reproducible images: independent of directories, times, jobs and versions.

use super::*;

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
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 077; exec \"$0\" \"$@\""]);
    let shell = muslin.started_by(shell, &scratch);
    let two: Value = serde_json::from_str(&run(shell)).unwrap();

    assert_eq!(one["digest"], two["digest"]);
    assert_eq!(one["leaks"], Value::Array(Vec::new()));
    for (platform, machine) in [(0, "x86-64"), (1, "aarch64")] {
        let elf = &one["platforms"][platform]["executables"][0]["elf"];
        let krate =
            |name: &str, version: &str| serde_json::json!({ "name": name, "version": version });
        let crates = [
            krate("allocator-api2", "0.2.21"),
            krate("equivalent", "1.0.3"),
            krate("foldhash", "0.2.0"),
            krate("hashbrown", "0.16.1"),
            krate("same-bits", "1.0.0"),
        ];
        let expected = serde_json::json!({
            "machine": machine, "interpreter": null, "needed": [],
            "position-independent": true, "relro": true, "bind-now": true,
            "executable-stack": false, "debug-info": false, "crates": crates,
        });
        assert_eq!(*elf, expected);
    }
    for target in [AMD64, ARM64] {
        let bytes = fs::read(listed_executable(&first, target, "same-bits")).unwrap();
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
    let mut amd64 = Command::new(listed_executable(&first, AMD64, "same-bits"));
    amd64.arg("panic");
    assert_eq!(run(amd64), says);
    if let Some(mut arm64) = arm64(&listed_executable(&first, ARM64, "same-bits")) {
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
fn a_leaked_path_is_reported() {
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
fn source_date_epoch_reaches_cargo_and_sets_created() {
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
fn dates_in_c_code_do_not_depend_on_source_date_epoch() {
    let scratch = Scratch::new();
    let folder = scratch.join("package");
    copy_fixture("same-bits", &folder);
    let mut built = ["86400", "172800"].map(|epoch| {
        build(&folder)
            .env("SOURCE_DATE_EPOCH", epoch)
            .args(["--platform", "linux/amd64"])
            .run();
        fs::read(executable(&folder, AMD64, "release", "same-bits")).unwrap()
    });
    // One target folder: what was compiled first is there when the date is another.
    assert!(built[0] == built[1], "bytes depend on the date");
    fs::remove_dir_all(folder.join("target")).unwrap();
    build(&folder)
        .env("SOURCE_DATE_EPOCH", "172800")
        .args(["--platform", "linux/amd64"])
        .run();
    built[0] = fs::read(executable(&folder, AMD64, "release", "same-bits")).unwrap();
    assert!(
        built[0] == built[1],
        "bytes depend on what was built before"
    );
    let date = b"Jan  1 1980 00:00:00";
    assert!(built[0].windows(date.len()).any(|part| part == date));
}
