//! What was damaged is not taken for whole.

use std::fs;

use camino::Utf8PathBuf;
use muslin_oci::digest::Digest;
use muslin_oci::image::{Blob, MultiPlatformImage};

use super::support::*;

/// A layout `dir` with an image for one platform.
fn layout() -> (Fixture, MultiPlatformImage) {
    let fixture = Fixture::new();
    let image = single(&noise(2000));
    fixture.write("oci:dir", &image).unwrap();
    (fixture, image)
}

fn path(fixture: &Fixture, blob: &Blob) -> Utf8PathBuf {
    let hex = blob.descriptor.digest.hex();
    fixture.root.join("dir/blobs/sha256").join(hex)
}

/// Each kind of blob, by name.
fn blobs(image: &MultiPlatformImage) -> [(&'static str, &Blob); 4] {
    let one = &image.platforms[0];
    [
        ("index", &image.index),
        ("manifest", &one.manifest),
        ("config", &one.config),
        ("layer", &one.layers[1].blob),
    ]
}

#[test]
fn a_blob_with_one_bit_changed_is_refused_and_named() {
    let (fixture, image) = layout();
    for (kind, blob) in blobs(&image) {
        let path = path(&fixture, blob);
        let whole = fs::read(&path).unwrap();
        let mut damaged = whole.clone();
        *damaged.last_mut().unwrap() ^= 1;
        let (digest, now) = (blob.descriptor.digest, Digest::of(&damaged));
        fs::write(&path, damaged).unwrap();
        // Documents are verified while the image is found, layers while they are read.
        let place = if kind == "layer" {
            ""
        } else {
            "cannot read `oci:ROOT/dir`: "
        };
        let expected = format!(
            "{place}the content of the blob `{digest}` has the digest `{now}`; make or copy the \
             image again"
        );
        assert_eq!(fixture.refusal("oci:dir"), expected, "{kind}");
        let report = muslin_oci::transport::verify(&fixture.reference("oci:dir"), &fixture.host);
        assert_eq!(report.unwrap().findings.len(), 1, "{kind}");
        fs::write(&path, whole).unwrap();
    }
    fixture.assert_sound("oci:dir");
}

#[test]
fn a_blob_that_is_cut_or_longer_is_refused_before_it_is_read() {
    let (fixture, image) = layout();
    for (kind, blob) in blobs(&image) {
        let path = path(&fixture, blob);
        let whole = fs::read(&path).unwrap();
        for size in [0, whole.len() - 1, whole.len() + 1] {
            let mut damaged = whole.clone();
            damaged.resize(size, 0);
            fs::write(&path, damaged).unwrap();
            let expected = format!(
                "cannot read `oci:ROOT/dir`: the blob `{}` should have {} bytes and has {size}; \
                 make or copy the image again",
                blob.descriptor.digest,
                whole.len(),
            );
            assert_eq!(fixture.refusal("oci:dir"), expected, "{kind}");
        }
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn a_blob_that_is_missing_or_no_file_is_refused() {
    let (fixture, image) = layout();
    for (kind, blob) in blobs(&image) {
        let path = path(&fixture, blob);
        let whole = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let digest = blob.descriptor.digest;
        let expected = format!(
            "cannot read `oci:ROOT/dir`: the blob `{digest}` is missing; make or copy the image \
             again"
        );
        assert_eq!(fixture.refusal("oci:dir"), expected, "{kind}");

        fs::create_dir(&path).unwrap();
        let found = fixture.refusal("oci:dir");
        assert!(found.ends_with("is not a regular file"), "{kind}: {found}");
        fs::remove_dir(&path).unwrap();
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn a_pipe_in_the_place_of_a_file_does_not_stop_a_reader() {
    let (fixture, image) = layout();
    for path in [
        fixture.root.join("dir/oci-layout"),
        fixture.root.join("dir/index.json"),
        path(&fixture, &image.index),
        path(&fixture, &image.platforms[0].layers[0].blob),
    ] {
        let whole = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let found = fixture.refusal("oci:dir");
        assert!(found.ends_with("is not a regular file"), "{found}");
        fs::remove_file(&path).unwrap();
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn an_archive_that_is_cut_anywhere_is_refused() {
    let fixture = Fixture::new();
    let image = single(&noise(2000));
    for to in ["oci-archive:file", "docker-archive:file:x:1"] {
        fixture.write(to, &image).unwrap();
        let path = fixture.root.join("file");
        let whole = fs::read(&path).unwrap();
        // What fills the last block and ends the tar is not missed.
        let content = whole.iter().rposition(|&byte| byte != 0).unwrap() + 1;
        for cut in (1..content).step_by(97).chain([0, content - 1]) {
            fs::write(&path, &whole[..cut]).unwrap();
            let found = fixture.refusal(&to.replace(":x:1", ""));
            assert!(found.starts_with("cannot read"), "cut at {cut}: {found}");
        }
    }
}

#[test]
fn an_archive_with_one_byte_changed_is_refused_or_says_the_same() {
    let fixture = Fixture::new();
    let image = single(b"content");
    for (to, from) in [
        ("oci-archive:file", "oci-archive:file"),
        ("docker-archive:file:x:1", "docker-archive:file"),
    ] {
        fixture.write(to, &image).unwrap();
        let path = fixture.root.join("file");
        let whole = fs::read(&path).unwrap();
        let expected = read_all(&fixture.open(from).image().unwrap()).unwrap();
        for at in (0..whole.len()).step_by(31) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x15;
            fs::write(&path, damaged).unwrap();
            let opened = muslin_oci::transport::open(&fixture.reference(from), &fixture.host);
            let read = opened.and_then(|source| source.image());
            // What no digest covers: padding, and the annotations of index.json.
            if let Ok(Ok(found)) = read.map(|image| read_all(&image)) {
                assert!(found == expected, "byte {at} changed");
            }
        }
    }
}

#[test]
fn a_damaged_blob_is_written_again_by_the_next_writer() {
    let (fixture, image) = layout();
    for (kind, blob) in blobs(&image) {
        let path = path(&fixture, blob);
        let size = fs::metadata(&path).unwrap().len();
        fs::write(&path, vec![b'x'; usize::try_from(size).unwrap()]).unwrap();
        let written = fixture.write("oci:dir", &image).unwrap();
        assert_eq!((written.written, written.kept), (1, 4), "{kind}");
        fixture.assert_sound("oci:dir");
    }
    let written = fixture.write("oci:dir", &image).unwrap();
    assert_eq!((written.written, written.kept), (0, 5));
}

#[test]
fn a_damaged_image_is_not_copied() {
    let (fixture, image) = layout();
    let layer = &image.platforms[0].layers[1].blob;
    let mut bytes = fs::read(path(&fixture, layer)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(path(&fixture, layer), bytes).unwrap();
    let damaged = fixture.open("oci:dir").image().unwrap();
    for to in ["oci:other", "oci-archive:file", "docker-archive:file:x:1"] {
        let error = fixture.write(to, &damaged).unwrap_err();
        let line = fixture.line(&error);
        assert!(
            line.contains("cannot read the image that is to be written"),
            "{line}"
        );
        assert!(
            line.contains(&layer.descriptor.digest.to_string()),
            "{line}"
        );
    }
    assert_eq!(fixture.names(""), ["dir", "other", "tmp"]);
    let found = fixture.refusal("oci:other");
    insta::assert_snapshot!(found, @"cannot read `oci:ROOT/other`: there is no `ROOT/other/index.json`; give the path of an image that was made");
}

#[test]
fn a_platform_that_is_damaged_does_not_hide_behind_another() {
    let fixture = Fixture::new();
    let image = image_for(&both(), b"content");
    fixture.write("oci:dir", &image).unwrap();
    let blob = &image.platforms[1].config;
    fs::write(path(&fixture, blob), "").unwrap();
    let found = fixture.refusal("oci:dir");
    assert!(
        found.contains(&blob.descriptor.digest.to_string()),
        "{found}"
    );
}
