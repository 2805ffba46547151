//! Executables, images and destinations that cannot be read, packed or written.

use std::process::Stdio;

use super::*;

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
fn a_reader_that_has_read_enough_of_inspect_is_no_error() {
    let scratch = Scratch::new();
    let files = (0..5000).map(|number| (format!("file-{number}"), &b""[..]));
    harness::forged::layout(&scratch, &harness::forged::tar(files), 1);
    for options in [&["inspect"][..], &["inspect", "--json"]] {
        let muslin = Muslin::new().folder(scratch.path()).args(options);
        let mut child = muslin
            .arg("oci:image")
            .command(&scratch)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert!(output.status.success());
    }
}
