//! What a layout holds beside the image that is written.

use std::fs;

use muslin::image::multi_platform::MultiPlatformImage;
use muslin::transport;
use serde_json::{Value, json};

use super::forge::Forge;
use super::ground::*;

fn names(ground: &Ground) -> Vec<String> {
    let source = ground.open("oci:dir");
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
    let ground = Ground::new();
    let [one, two, three] = [b"one", b"two", b"333"].map(|content| image(content));
    ground.write("oci:dir:a", &one).unwrap();
    ground.write("oci:dir:b", &two).unwrap();
    ground.write("oci:dir:c", &two).unwrap();
    ground.write("oci:dir:a", &three).unwrap();
    assert_eq!(names(&ground), ["a", "b", "c"]);
    for (tag, image) in [("a", &three), ("b", &two), ("c", &two)] {
        let found = ground.open(&format!("oci:dir:{tag}")).image().unwrap();
        assert_eq!(found.index.descriptor.digest, image.index.descriptor.digest);
    }
    ground.assert_sound("oci:dir");
    let mut expected = [blobs(&two), blobs(&three)].concat();
    expected.sort();
    expected.dedup();
    assert_eq!(
        ground.names("dir/blobs/sha256"),
        expected,
        "nothing of `one` is left"
    );
}

#[test]
fn without_a_tag_all_that_was_there_is_replaced() {
    let ground = Ground::new();
    ground.write("oci:dir:a", &image(b"one")).unwrap();
    ground.write("oci:dir:b", &image(b"two")).unwrap();
    let image = image(b"333");
    ground.write("oci:dir", &image).unwrap();
    assert_eq!(names(&ground), ["latest"]);
    assert_eq!(ground.names("dir/blobs/sha256"), blobs(&image));
    assert_eq!(ground.names("dir"), ["blobs", "index.json", "oci-layout"]);
}

#[test]
fn the_same_image_again_changes_no_file() {
    let ground = Ground::new();
    let image = image(b"content");
    ground.write("oci:dir:a", &image).unwrap();
    let times = || -> Vec<_> {
        let all = ["dir/blobs/sha256", "dir"].map(|folder| {
            ground
                .names(folder)
                .into_iter()
                .map(move |name| format!("{folder}/{name}"))
        });
        let modified = |path: String| {
            fs::metadata(ground.root.join(path))
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
    let written = ground.write("oci:dir:a", &image).unwrap();
    assert_eq!((written.written, written.kept), (0, image.blobs().count()));
    assert_eq!(times(), before);
}

#[test]
fn without_a_tag_a_layout_is_read_if_it_holds_one_image() {
    let ground = Ground::new();
    let [one, two] = [b"one", b"two"].map(|content| image(content));
    ground.write("oci:dir:a", &one).unwrap();
    ground.write("oci:dir:b", &one).unwrap();
    assert!(
        ground.open("oci:dir").image().is_ok(),
        "two names of one image"
    );
    ground.write("oci:dir:c", &two).unwrap();
    assert_eq!(
        ground.refusal("oci:dir"),
        "cannot read `oci:ROOT/dir`: it holds `a`, `b`, `c`; say which, as in `oci:ROOT/dir:a`"
    );
    assert_eq!(
        ground.refusal("oci:dir:d"),
        "cannot read `oci:ROOT/dir:d`: there is no `d` in it; name `a`, `b`, `c`"
    );
    for tag in ["d", "e", "f", "g", "h", "i", "j", "k"] {
        ground.write(&format!("oci:dir:{tag}"), &two).unwrap();
    }
    assert!(
        ground
            .refusal("oci:dir")
            .contains("`h` and 3 more; say which")
    );
}

#[test]
fn what_muslin_does_not_know_of_other_entries_stays() {
    let ground = Ground::new();
    let forge = Forge::new(ground.root.join("dir"));
    let mut entry = forge.image(&[0; 1024]);
    entry["urls"] = json!(["https://example.com/"]);
    entry["annotations"] = json!({"org.opencontainers.image.ref.name": "theirs"});
    let index = json!({"schemaVersion": 2, "manifests": [entry], "unknown": 1});
    forge.index_json(index.to_string().as_bytes());
    ground.write("oci:dir:ours", &image(b"content")).unwrap();
    let found = index_json(&forge.root);
    assert_eq!(found["manifests"][0], entry);
    assert_eq!(found["unknown"], json!(1));
    assert_eq!(names(&ground), ["theirs", "ours"]);
    ground.assert_sound("oci:dir");
}

#[test]
fn where_an_entry_cannot_be_understood_no_blob_is_removed() {
    let ground = Ground::new();
    let forge = Forge::new(ground.root.join("dir"));
    let unused = forge.blob("", b"unused");
    let missing: Value = json!({"mediaType": "other", "digest": unused["digest"], "size": 6});
    forge.entries(&[missing]);
    let other = forge.blob("", b"perhaps below the entry");
    ground.write("oci:dir:a", &image(b"content")).unwrap();
    assert!(forge.path(other["digest"].as_str().unwrap()).exists());
    ground.write("oci:dir", &image(b"content")).unwrap();
    assert!(!forge.path(other["digest"].as_str().unwrap()).exists());
}

#[test]
fn images_of_a_layout_are_joined_into_it() {
    let ground = Ground::new();
    for (tag, image) in [("amd64", single(b"one")), ("arm64", image(b"two"))] {
        ground.write(&format!("oci:dir:{tag}"), &image).unwrap();
    }
    let one = ground.open("oci:dir:amd64").image().unwrap();
    let two = ground.open("oci:dir:arm64").image().unwrap();
    let both = [one.platforms, two.platforms].concat();
    let both = MultiPlatformImage::new(both, std::collections::BTreeMap::new());
    ground.write("oci:dir", &both).unwrap();
    assert_eq!(ground.names("dir/blobs/sha256"), blobs(&both));
    ground.assert_sound("oci:dir");
}

#[test]
fn docker_names_have_a_tag_and_are_found_however_they_are_written() {
    let ground = Ground::new();
    let image = single(b"content");
    let names = |to: &str, tags: &[&str]| {
        let tags: Vec<String> = tags.iter().map(|&tag| tag.to_owned()).collect();
        let reference = ground.reference(to);
        transport::write(&reference, &image, "ghcr.io/me/app", &tags, &ground.machine)
            .unwrap()
            .names
    };
    assert_eq!(names("docker-archive:file", &[]), ["ghcr.io/me/app:latest"]);
    assert_eq!(names("docker-archive:file:me/x", &["v1"]), ["me/x:latest"]);
    assert_eq!(
        names("docker-archive:file", &["v1", "v2"]),
        ["ghcr.io/me/app:v1", "ghcr.io/me/app:v2"]
    );
    assert_eq!(ground.open("docker-archive:file").entries().len(), 2);
    assert_eq!(names("docker-archive:file:x", &[]), ["x:latest"]);
    for name in ["x", "x:latest", "docker.io/library/x", "docker.io/x:latest"] {
        assert!(
            ground
                .open(&format!("docker-archive:file:{name}"))
                .root()
                .is_ok(),
            "{name}"
        );
    }
    assert!(
        ground
            .refusal("docker-archive:file:y")
            .ends_with("there is no `y` in it; name `x:latest`")
    );
}
