//! What a layout holds beside the image that is written.

use std::fs;

use muslin_oci::image::MultiPlatformImage;
use muslin_oci::transport;
use serde_json::{Value, json};

use super::forge::Forge;
use super::support::*;

fn names(fixture: &Fixture) -> Vec<String> {
    let source = fixture.open("oci:dir");
    let names = source
        .entries()
        .iter()
        .map(|entry| entry.name.clone().unwrap());
    names.collect()
}

fn blobs(image: &MultiPlatformImage) -> Vec<String> {
    let mut blobs: Vec<String> = image
        .blobs()
        .map(|blob| blob.descriptor.digest.hex())
        .collect();
    blobs.sort();
    blobs
}

#[test]
fn a_tag_is_added_beside_others_and_replaced_in_its_place() {
    let fixture = Fixture::new();
    let [one, two, three] = [b"one", b"two", b"333"].map(|content| image(content));
    fixture.write("oci:dir:a", &one).unwrap();
    fixture.write("oci:dir:b", &two).unwrap();
    fixture.write("oci:dir:c", &two).unwrap();
    fixture.write("oci:dir:a", &three).unwrap();
    assert_eq!(names(&fixture), ["a", "b", "c"]);
    for (tag, image) in [("a", &three), ("b", &two), ("c", &two)] {
        let found = fixture.open(&format!("oci:dir:{tag}")).image().unwrap();
        assert_eq!(found.index.descriptor.digest, image.index.descriptor.digest);
    }
    fixture.assert_sound("oci:dir");
    let mut expected = [blobs(&two), blobs(&three)].concat();
    expected.sort();
    expected.dedup();
    assert_eq!(
        fixture.names("dir/blobs/sha256"),
        expected,
        "nothing of `one` is left"
    );
}

#[test]
fn without_a_tag_all_that_was_there_is_replaced() {
    let fixture = Fixture::new();
    fixture.write("oci:dir:a", &image(b"one")).unwrap();
    fixture.write("oci:dir:b", &image(b"two")).unwrap();
    let image = image(b"333");
    fixture.write("oci:dir", &image).unwrap();
    assert_eq!(names(&fixture), ["latest"]);
    assert_eq!(fixture.names("dir/blobs/sha256"), blobs(&image));
    assert_eq!(fixture.names("dir"), ["blobs", "index.json", "oci-layout"]);
}

#[test]
fn the_same_image_again_changes_no_file() {
    let fixture = Fixture::new();
    let image = image(b"content");
    fixture.write("oci:dir:a", &image).unwrap();
    let times = || -> Vec<_> {
        let all = ["dir/blobs/sha256", "dir"].map(|folder| {
            fixture
                .names(folder)
                .into_iter()
                .map(move |name| format!("{folder}/{name}"))
        });
        let modified = |path: String| {
            fs::metadata(fixture.root.join(path))
                .unwrap()
                .modified()
                .unwrap()
        };
        all.into_iter()
            .flatten()
            .filter(|path| !path.ends_with("/blobs"))
            .map(modified)
            .collect()
    };
    let before = times();
    let written = fixture.write("oci:dir:a", &image).unwrap();
    assert_eq!((written.written, written.kept), (0, image.blobs().count()));
    assert_eq!(times(), before);
}

#[test]
fn without_a_tag_a_layout_is_read_if_it_holds_one_image() {
    let fixture = Fixture::new();
    let [one, two] = [b"one", b"two"].map(|content| image(content));
    fixture.write("oci:dir:a", &one).unwrap();
    fixture.write("oci:dir:b", &one).unwrap();
    assert!(
        fixture.open("oci:dir").image().is_ok(),
        "two names of one image"
    );
    fixture.write("oci:dir:c", &two).unwrap();
    insta::assert_snapshot!(fixture.refusal("oci:dir"), @"cannot read `oci:ROOT/dir`: it holds `a`, `b`, `c`; say which, as in `oci:ROOT/dir:a`");
    insta::assert_snapshot!(fixture.refusal("oci:dir:d"), @"cannot read `oci:ROOT/dir:d`: there is no `d` in it; name `a`, `b`, `c`");
    for tag in ["d", "e", "f", "g", "h", "i", "j", "k"] {
        fixture.write(&format!("oci:dir:{tag}"), &two).unwrap();
    }
    insta::assert_snapshot!(fixture.refusal("oci:dir"), @"cannot read `oci:ROOT/dir`: it holds `a`, `b`, `c`, `d`, `e`, `f`, `g`, `h` and 3 more; say which, as in `oci:ROOT/dir:a`");
}

#[test]
fn what_muslin_does_not_know_of_other_entries_stays() {
    let fixture = Fixture::new();
    let forge = Forge::new(fixture.root.join("dir"));
    let mut entry = forge.image(&[0; 1024]);
    entry["urls"] = json!(["https://example.com/"]);
    entry["annotations"] = json!({"org.opencontainers.image.ref.name": "theirs"});
    let index = json!({"schemaVersion": 2, "manifests": [entry], "unknown": 1});
    forge.index_json(index.to_string().as_bytes());
    fixture.write("oci:dir:ours", &image(b"content")).unwrap();
    let found = index_json(&forge.root);
    assert_eq!(found["manifests"][0], entry);
    assert_eq!(found["unknown"], json!(1));
    assert_eq!(names(&fixture), ["theirs", "ours"]);
    fixture.assert_sound("oci:dir");
}

#[test]
fn where_an_entry_cannot_be_understood_no_blob_is_removed() {
    let fixture = Fixture::new();
    let forge = Forge::new(fixture.root.join("dir"));
    let unused = forge.blob("", b"unused");
    let missing: Value = json!({"mediaType": "other", "digest": unused["digest"], "size": 6});
    forge.entries(&[missing]);
    let other = forge.blob("", b"perhaps below the entry");
    fixture.write("oci:dir:a", &image(b"content")).unwrap();
    assert!(forge.path(other["digest"].as_str().unwrap()).exists());
    fixture.write("oci:dir", &image(b"content")).unwrap();
    assert!(!forge.path(other["digest"].as_str().unwrap()).exists());
}

#[test]
fn images_of_a_layout_are_joined_into_it() {
    let fixture = Fixture::new();
    for (tag, image) in [("amd64", single(b"one")), ("arm64", image(b"two"))] {
        fixture.write(&format!("oci:dir:{tag}"), &image).unwrap();
    }
    let one = fixture.open("oci:dir:amd64").image().unwrap();
    let two = fixture.open("oci:dir:arm64").image().unwrap();
    let both = [one.platforms, two.platforms].concat();
    let both = MultiPlatformImage::new(both, std::collections::BTreeMap::new());
    fixture.write("oci:dir", &both).unwrap();
    assert_eq!(fixture.names("dir/blobs/sha256"), blobs(&both));
    fixture.assert_sound("oci:dir");
}

#[test]
fn docker_names_have_a_tag_and_are_found_however_they_are_written() {
    let fixture = Fixture::new();
    let image = single(b"content");
    let names = |to: &str, tags: &[&str]| {
        let tags: Vec<String> = tags.iter().map(|&tag| tag.to_owned()).collect();
        let reference = fixture.reference(to);
        transport::write(&reference, &image, "ghcr.io/me/app", &tags, &fixture.host)
            .unwrap()
            .names
    };
    assert_eq!(names("docker-archive:file", &[]), ["ghcr.io/me/app:latest"]);
    assert_eq!(names("docker-archive:file:me/x", &["v1"]), ["me/x:latest"]);
    assert_eq!(
        names("docker-archive:file", &["v1", "v2"]),
        ["ghcr.io/me/app:v1", "ghcr.io/me/app:v2"]
    );
    assert_eq!(fixture.open("docker-archive:file").entries().len(), 2);
    assert_eq!(names("docker-archive:file:x", &[]), ["x:latest"]);
    for name in ["x", "x:latest", "docker.io/library/x", "docker.io/x:latest"] {
        assert!(
            fixture
                .open(&format!("docker-archive:file:{name}"))
                .root()
                .is_ok(),
            "{name}"
        );
    }
    insta::assert_snapshot!(fixture.refusal("docker-archive:file:y"), @"cannot read `docker-archive:ROOT/file:y`: there is no `y` in it; name `x:latest`");
}
