//! Places where nothing can be written say so, and keep what they hold.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::thread;
use std::time::{Duration, Instant};

use muslin_oci::folder::Links;
use muslin_oci::transport;

use super::child::{child, said};
use super::support::*;
use super::tools::skip;

/// What cannot be written, in one line.
fn refusal(fixture: &Fixture, to: &str) -> String {
    let error = fixture.write(to, &single(b"content")).unwrap_err();
    fixture.line(&error)
}

#[test]
fn a_file_is_no_layout_and_a_folder_no_archive() {
    let fixture = Fixture::new();
    fs::write(fixture.root.join("file"), "mine").unwrap();
    insta::assert_snapshot!(refusal(&fixture, "oci:file"), @"`ROOT/file` is a file; give a folder, or write `oci-archive:ROOT/file`");
    insta::allow_duplicates! {
        for transport in ["oci-archive", "docker-archive"] {
            insta::assert_snapshot!(refusal(&fixture, &format!("{transport}:tmp")), @"`ROOT/tmp` is a folder or a device; give the name of a file");
        }
    }
    assert_eq!(fs::read(fixture.root.join("file")).unwrap(), b"mine");
    assert_eq!(fixture.names(""), ["file", "tmp"]);
}

#[test]
fn a_device_is_not_replaced_by_a_file() {
    let fixture = Fixture::new();
    let error = muslin_oci::transport::write(
        &"docker-archive:/dev/null".parse().unwrap(),
        &single(b"content"),
        "app",
        &[],
        &fixture.host,
    );
    let line = fixture.line(&error.unwrap_err());
    insta::assert_snapshot!(line, @"`/dev/null` is a folder or a device; give the name of a file");
}

#[test]
fn a_folder_that_is_not_a_layout_is_left_as_it_is() {
    let fixture = Fixture::new();
    let folder = fixture.root.join("dir");
    fs::create_dir_all(folder.join("blobs/sha256")).unwrap();
    fs::write(folder.join("blobs/sha256/treasure"), "mine").unwrap();
    insta::assert_snapshot!(refusal(&fixture, "oci:dir"), @"`ROOT/dir` holds `blobs` and is not an image layout; give an empty folder or the path of a new one");
    assert_eq!(fixture.names("dir"), ["blobs"]);
    assert_eq!(fixture.names("dir/blobs/sha256"), ["treasure"]);
}

#[test]
fn foreign_files_in_a_layout_are_left_where_they_are() {
    let fixture = Fixture::new();
    fixture.write("oci:dir", &image(b"one")).unwrap();
    for name in ["dir/README", "dir/blobs/sha256/README", "dir/blobs/sha512"] {
        fs::write(fixture.root.join(name), "mine").unwrap();
    }
    fixture.write("oci:dir", &image(b"two")).unwrap();
    for name in ["dir/README", "dir/blobs/sha256/README", "dir/blobs/sha512"] {
        assert_eq!(fs::read(fixture.root.join(name)).unwrap(), b"mine");
    }
}

#[test]
fn an_empty_and_a_new_folder_become_layouts() {
    let fixture = Fixture::new();
    fs::create_dir(fixture.root.join("dir")).unwrap();
    for to in ["oci:dir", "oci:new/deep/dir"] {
        fixture.write(to, &image(b"content")).unwrap();
        fixture.assert_sound(to);
    }
    for to in ["oci-archive:fresh/a", "docker-archive:fresh/b"] {
        fixture.write(to, &single(b"content")).unwrap();
        fixture.assert_sound(to);
    }
}

#[test]
fn what_an_interrupted_writer_left_is_taken_over_and_removed() {
    let fixture = Fixture::new();
    fs::create_dir(fixture.root.join("dir")).unwrap();
    fs::write(fixture.root.join("dir/.muslin-abc"), "half").unwrap();
    fixture.write("oci:dir", &image(b"content")).unwrap();
    assert_eq!(fixture.names("dir"), ["blobs", "index.json", "oci-layout"]);

    for name in [".muslin-file.lock", ".muslin-file.a1B2c3.new"] {
        fs::write(fixture.root.join(name), vec![b'x'; 1 << 20]).unwrap();
    }
    fixture
        .write("oci-archive:file", &image(b"content"))
        .unwrap();
    fixture.assert_sound("oci-archive:file");
    assert_eq!(fixture.names(""), ["dir", "file", "tmp"]);
}

#[test]
fn a_link_beside_an_archive_is_not_followed() {
    let fixture = Fixture::new();
    fixture.write("oci:a", &image(b"one")).unwrap();
    fixture.write("oci:b", &image(b"two")).unwrap();
    fs::write(fixture.root.join("precious"), "mine").unwrap();
    for name in [".muslin-file", ".muslin-file.lock"] {
        symlink("precious", fixture.root.join(name)).unwrap();
    }
    let mut writer = child(&fixture, "write", "oci-archive:file")
        .spawn()
        .unwrap();
    let started = Instant::now();
    while writer.try_wait().unwrap().is_none() {
        if started.elapsed() > Duration::from_secs(20) {
            writer.kill().unwrap();
            panic!("the writer does not end");
        }
        thread::sleep(Duration::from_millis(10));
    }
    fixture.assert_sound("oci-archive:file");
    let precious = fs::read(fixture.root.join("precious")).unwrap();
    assert_eq!(precious, b"mine");
}

#[test]
fn a_layout_whose_index_is_damaged_is_replaced_and_not_added_to() {
    let fixture = Fixture::new();
    fixture.write("oci:dir", &image(b"content")).unwrap();
    fs::write(fixture.root.join("dir/index.json"), "{").unwrap();
    let line = refusal(&fixture, "oci:dir:v1");
    let expected = "cannot add to the layout `ROOT/dir`; write to `oci:ROOT/dir` to replace all \
                    that it holds: `index.json` in it is malformed";
    assert!(line.starts_with(expected), "{line}");
    fixture.write("oci:dir", &image(b"content")).unwrap();
    fixture.assert_sound("oci:dir");

    fs::write(
        fixture.root.join("dir/oci-layout"),
        r#"{"imageLayoutVersion":"9"}"#,
    )
    .unwrap();
    let line = refusal(&fixture, "oci:dir");
    let expected = "cannot write to the layout `ROOT/dir`; give another folder: it is an image \
                    layout of version `9`";
    assert!(line.starts_with(expected), "{line}");
}

#[test]
fn a_link_to_a_layout_or_an_archive_is_followed() {
    let fixture = Fixture::new();
    fixture.write("oci:dir", &single(b"one")).unwrap();
    fixture.write("oci-archive:file", &single(b"one")).unwrap();
    for (name, to) in [("dir", "oci:link-dir"), ("file", "oci-archive:link-file")] {
        let link = fixture.root.join(format!("link-{name}"));
        symlink(fixture.root.join(name), &link).unwrap();
        fixture.write(to, &single(b"two")).unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        fixture.assert_sound(to);
    }
    let found = fixture.open("oci-archive:file").image().unwrap();
    assert_eq!(found.index.descriptor, single(b"two").index.descriptor);
}

#[test]
fn no_link_is_followed_where_the_host_refuses_them() {
    let mut fixture = Fixture::new();
    fixture.root = fixture.root.canonicalize_utf8().unwrap();
    fixture.write("oci:real/dir", &single(b"one")).unwrap();
    fixture
        .write("oci-archive:real/file", &single(b"one"))
        .unwrap();
    symlink("real", fixture.root.join("link")).unwrap();
    symlink("file", fixture.root.join("real/link-file")).unwrap();
    fixture.host.links = Links::Refuse;
    for from in ["oci:link/dir", "oci-archive:link/file"] {
        let line = fixture.refusal(from);
        assert!(
            line.ends_with("`ROOT/link` is a symlink, which is not followed here"),
            "{line}"
        );
    }
    let line = fixture.refusal("oci-archive:real/link-file");
    assert!(line.ends_with("`ROOT/real/link-file` is a symlink, which is not followed here"));
    for to in [
        "oci:link/dir",
        "oci:link/new",
        "docker-archive:link/new",
        "oci-archive:link/a/b",
    ] {
        let line = refusal(&fixture, to);
        assert!(
            line.ends_with("`ROOT/link` is a symlink, which is not followed here"),
            "{line}"
        );
    }
    assert_eq!(
        refusal(&fixture, "oci-archive:real/link-file"),
        "`ROOT/real/link-file` is a folder or a device; give the name of a file"
    );
    assert_eq!(fixture.names("real"), ["dir", "file", "link-file"]);

    // Without links all is as ever.
    for to in ["oci:real/dir", "oci:real/new/deep", "oci-archive:real/file"] {
        fixture.write(to, &single(b"two")).unwrap();
        fixture.assert_sound(to);
    }
    fs::rename(
        fixture.root.join("real/dir/blobs"),
        fixture.root.join("blobs"),
    )
    .unwrap();
    symlink("../../blobs", fixture.root.join("real/dir/blobs")).unwrap();
    let kept = fixture.names("blobs/sha256");
    let expected = "`ROOT/real/dir/blobs` is a symlink, which is not followed here";
    assert!(refusal(&fixture, "oci:real/dir").ends_with(expected));
    assert!(fixture.refusal("oci:real/dir").ends_with(expected));
    assert_eq!(fixture.names("blobs/sha256"), kept);
}

#[test]
fn nothing_is_written_or_read_once_it_is_cancelled() {
    let fixture = Fixture::new();
    let places = ["oci:dir", "oci-archive:file", "docker-archive:file2"];
    for to in places {
        fixture.write(to, &single(b"one")).unwrap();
    }
    let names = || {
        (
            fixture.names(""),
            fixture.names("dir"),
            fixture.names("tmp"),
        )
    };
    let before = names();
    fixture.host.cancellation.cancel();
    for to in places {
        assert_eq!(refusal(&fixture, to), "cancelled", "{to}");
        let verified = transport::verify(&fixture.reference(to), &fixture.host);
        let line = fixture.line(&verified.unwrap_err());
        assert_eq!(
            line,
            format!("cannot read `{}`: cancelled", fixture.reference(to))
                .replace(fixture.root.as_str(), "ROOT")
        );
    }
    assert_eq!(names(), before);
}

#[test]
fn several_platforms_do_not_fit_a_docker_archive() {
    let fixture = Fixture::new();
    let error = fixture.write("docker-archive:file", &image_for(&both(), b"content"));
    insta::assert_snapshot!(fixture.line(&error.unwrap_err()), @"`docker-archive:ROOT/file` takes one platform and the image has `linux/amd64`, `linux/arm64`; choose one with `--platform`");
    assert_eq!(fixture.names(""), ["tmp"]);
}

#[test]
fn a_folder_where_nobody_may_write_says_so() {
    let fixture = Fixture::new();
    let line = {
        let to = "oci:/sys/muslin".parse().unwrap();
        let written = muslin_oci::transport::write(&to, &image(b""), "app", &[], &fixture.host);
        fixture.line(&written.unwrap_err())
    };
    assert!(line.starts_with("cannot write `/sys/muslin`: "), "{line}");
    let line = {
        let to = "oci-archive:/sys/muslin".parse().unwrap();
        let written = muslin_oci::transport::write(&to, &image(b""), "app", &[], &fixture.host);
        fixture.line(&written.unwrap_err())
    };
    assert!(line.starts_with("cannot write `/sys/muslin`: "), "{line}");
}

/// A command that runs a child on a file system of its own at `ROOT/mount`, or nothing
/// where the machine does not allow that.
fn mounted(fixture: &Fixture, options: &str, to: &str) -> Option<Vec<String>> {
    let mount = fixture.root.join("mount");
    fs::create_dir_all(&mount).unwrap();
    let inner = child(fixture, "write", to);
    let script =
        format!("mount -t tmpfs -o size=1m tmpfs {mount} && {options} && exec \"$0\" \"$@\"");
    let mut command = std::process::Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
    command.arg(inner.get_program()).args(inner.get_args());
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap());
    }
    let possible = std::process::Command::new("unshare")
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "mount",
            "-t",
            "tmpfs",
            "tmpfs",
        ])
        .arg(&mount)
        .status();
    if !possible.is_ok_and(|status| status.success()) {
        skip("this machine lets nobody mount a file system");
        return None;
    }
    Some(said(command))
}

#[test]
fn a_disk_that_is_full_or_read_only_says_so() {
    let fixture = Fixture::new();
    fixture.write("oci:a", &single(&noise(2 << 20))).unwrap();
    fixture.write("oci:b", &single(&noise(3 << 20))).unwrap();
    let mount = format!("{}/mount", fixture.root);
    for (options, reason) in [
        ("true".to_owned(), "No space left on device"),
        (
            format!("mount -o remount,ro {mount}"),
            "Read-only file system",
        ),
    ] {
        for to in [
            "oci:mount/dir",
            "oci-archive:mount/file",
            "docker-archive:mount/file",
        ] {
            let Some(said) = mounted(&fixture, &options, to) else {
                return;
            };
            assert_eq!(said.len(), 2, "both are refused: {said:?}");
            for line in said {
                let expected = "cannot write `ROOT/mount/";
                assert!(
                    line.starts_with(expected) && line.contains(reason),
                    "{line}"
                );
            }
        }
    }
}

#[test]
fn files_have_the_permissions_that_any_new_file_has() {
    let fixture = Fixture::new();
    fs::write(fixture.root.join("usual"), "").unwrap();
    let usual = fs::metadata(fixture.root.join("usual")).unwrap().mode();
    fixture.write("oci:dir", &single(b"content")).unwrap();
    fixture
        .write("oci-archive:file", &single(b"content"))
        .unwrap();
    let blob = fixture.names("dir/blobs/sha256").remove(0);
    for name in [
        "file",
        "dir/index.json",
        "dir/oci-layout",
        &format!("dir/blobs/sha256/{blob}"),
    ] {
        let mode = fs::metadata(fixture.root.join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode, usual, "{name}");
    }
}

#[test]
fn a_docker_that_is_not_there_or_fails_says_so() {
    let mut fixture = Fixture::new();
    fixture.host.docker.program = "muslin-has-no-such-docker".into();
    let written = refusal(&fixture, "docker-daemon:x:1");
    insta::assert_snapshot!(written, @"cannot run `muslin-has-no-such-docker`; install Docker, or use `docker-archive:FILE` and load the file where Docker is: No such file or directory (os error 2)");
    let read = fixture.refusal("docker-daemon:x:1");
    assert_eq!(read, format!("cannot read `docker-daemon:x:1`: {written}"));

    fixture.host.docker.program = "false".into();
    insta::assert_snapshot!(refusal(&fixture, "docker-daemon:x:1"), @"`false load` failed: exit status: 1");
}
