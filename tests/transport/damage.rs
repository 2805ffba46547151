//! What was damaged is not taken for whole.

use std::fs;

use camino::Utf8PathBuf;
use muslin::image::multi_platform::{Blob, MultiPlatformImage};
use muslin::image::platform::Platform;

use super::ground::*;

/// A layout `dir` with an image for one platform.
fn layout() -> (Ground, MultiPlatformImage) {
    let ground = Ground::new();
    let image = single(&noise(2000));
    ground.write("oci:dir", &image).unwrap();
    (ground, image)
}

fn path(ground: &Ground, blob: &Blob) -> Utf8PathBuf {
    let hex = blob.descriptor.digest.hex();
    ground.root.join("dir/blobs/sha256").join(hex)
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
    let (ground, image) = layout();
    for (kind, blob) in blobs(&image) {
        let path = path(&ground, blob);
        let whole = fs::read(&path).unwrap();
        let mut damaged = whole.clone();
        *damaged.last_mut().unwrap() ^= 1;
        fs::write(&path, damaged).unwrap();
        let digest = blob.descriptor.digest;
        let expected = format!(
            "cannot read `oci:ROOT/dir`: the blob `{digest}` has another content, with the digest"
        );
        let found = ground.refusal("oci:dir");
        assert!(
            found.contains(&expected) || kind == "layer",
            "{kind}: {found}"
        );
        assert!(found.contains(&digest.to_string()), "{kind}: {found}");
        let health = muslin::transport::fsck(&ground.reference("oci:dir"), &ground.machine);
        assert_eq!(health.unwrap().flaws.len(), 1, "{kind}");
        fs::write(&path, whole).unwrap();
    }
    ground.assert_sound("oci:dir");
}

#[test]
fn a_blob_that_is_cut_or_longer_is_refused_before_it_is_read() {
    let (ground, image) = layout();
    for (kind, blob) in blobs(&image) {
        let path = path(&ground, blob);
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
            assert_eq!(ground.refusal("oci:dir"), expected, "{kind}");
        }
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn a_blob_that_is_missing_or_no_file_is_refused() {
    let (ground, image) = layout();
    for (kind, blob) in blobs(&image) {
        let path = path(&ground, blob);
        let whole = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let digest = blob.descriptor.digest;
        let expected = format!(
            "cannot read `oci:ROOT/dir`: the blob `{digest}` is missing; make or copy the image \
             again"
        );
        assert_eq!(ground.refusal("oci:dir"), expected, "{kind}");

        fs::create_dir(&path).unwrap();
        let found = ground.refusal("oci:dir");
        assert!(found.ends_with("is no regular file"), "{kind}: {found}");
        fs::remove_dir(&path).unwrap();
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn a_pipe_in_the_place_of_a_file_does_not_stop_a_reader() {
    let (ground, image) = layout();
    for path in [
        ground.root.join("dir/oci-layout"),
        ground.root.join("dir/index.json"),
        path(&ground, &image.index),
        path(&ground, &image.platforms[0].layers[0].blob),
    ] {
        let whole = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let found = ground.refusal("oci:dir");
        assert!(found.ends_with("is no regular file"), "{found}");
        fs::remove_file(&path).unwrap();
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn an_archive_that_is_cut_anywhere_is_refused() {
    let ground = Ground::new();
    let image = single(&noise(2000));
    for to in ["oci-archive:file", "docker-archive:file:x:1"] {
        ground.write(to, &image).unwrap();
        let path = ground.root.join("file");
        let whole = fs::read(&path).unwrap();
        // What fills the last block and ends the tar is not missed.
        let content = whole.iter().rposition(|&byte| byte != 0).unwrap() + 1;
        for cut in (1..content).step_by(97).chain([0, content - 1]) {
            fs::write(&path, &whole[..cut]).unwrap();
            let found = ground.refusal(&to.replace(":x:1", ""));
            assert!(found.starts_with("cannot read"), "cut at {cut}: {found}");
        }
    }
}

#[test]
fn an_archive_with_one_byte_changed_is_refused_or_says_the_same() {
    let ground = Ground::new();
    let image = single(b"content");
    for (to, from) in [
        ("oci-archive:file", "oci-archive:file"),
        ("docker-archive:file:x:1", "docker-archive:file"),
    ] {
        ground.write(to, &image).unwrap();
        let path = ground.root.join("file");
        let whole = fs::read(&path).unwrap();
        let expected = read_all(&ground.open(from).image().unwrap()).unwrap();
        for at in (0..whole.len()).step_by(31) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x15;
            fs::write(&path, damaged).unwrap();
            let opened = muslin::transport::open(&ground.reference(from), &ground.machine);
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
    let (ground, image) = layout();
    for (kind, blob) in blobs(&image) {
        let path = path(&ground, blob);
        let size = fs::metadata(&path).unwrap().len();
        fs::write(&path, vec![b'x'; usize::try_from(size).unwrap()]).unwrap();
        let written = ground.write("oci:dir", &image).unwrap();
        assert_eq!((written.written, written.kept), (1, 4), "{kind}");
        ground.assert_sound("oci:dir");
    }
    let written = ground.write("oci:dir", &image).unwrap();
    assert_eq!((written.written, written.kept), (0, 5));
}

#[test]
fn a_damaged_image_is_not_copied() {
    let (ground, image) = layout();
    let layer = &image.platforms[0].layers[1].blob;
    let mut bytes = fs::read(path(&ground, layer)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(path(&ground, layer), bytes).unwrap();
    let damaged = ground.open("oci:dir").image().unwrap();
    for to in ["oci:other", "oci-archive:file", "docker-archive:file:x:1"] {
        let error = ground.write(to, &damaged).unwrap_err();
        let line = ground.line(&error);
        assert!(
            line.contains("cannot read the image that is to be written"),
            "{line}"
        );
        assert!(
            line.contains(&layer.descriptor.digest.to_string()),
            "{line}"
        );
    }
    assert_eq!(ground.names(""), ["dir", "other", "tmp"]);
    let found = ground.refusal("oci:other");
    assert!(
        found.contains("there is no `ROOT/other/index.json`"),
        "{found}"
    );
}

#[test]
fn a_platform_that_is_damaged_does_not_hide_behind_another() {
    let ground = Ground::new();
    let image = image_for(&Platform::ALL, b"content");
    ground.write("oci:dir", &image).unwrap();
    let blob = &image.platforms[1].config;
    fs::write(path(&ground, blob), "").unwrap();
    let found = ground.refusal("oci:dir");
    assert!(
        found.contains(&blob.descriptor.digest.to_string()),
        "{found}"
    );
}
