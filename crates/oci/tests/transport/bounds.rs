//! Whatever an image claims, reading it wants little memory and ends.

use std::fs;

use muslin_oci::digest::Digest;
use muslin_oci::media_type::{CONFIG, INDEX, LAYER_GZIP};
use serde_json::json;

use super::child::{child, said};
use super::forge::*;
use super::support::*;

/// The most memory that a reader may have, all that the process needs included, in KiB.
const MOST: u64 = 64 << 10;

/// What `verify` says of it, in a process that stays small.
fn verdict(fixture: &Fixture, reference: &str) -> String {
    let said = said(child(fixture, "check", reference));
    let memory: u64 = said[1].parse().unwrap();
    assert!(memory < MOST, "{memory} KiB for {}", said[0]);
    said[0].clone()
}

fn forge() -> (Fixture, Forge) {
    let fixture = Fixture::new();
    let forge = Forge::new(fixture.root.join("dir"));
    (fixture, forge)
}

#[test]
fn a_layer_of_a_hundred_megabytes_streams() {
    let (fixture, forge) = forge();
    let layer = Tar::new().file("x", &noise(100 << 20)).bytes();
    forge.entries(&[forge.image(&layer)]);
    assert_eq!(verdict(&fixture, "oci:dir"), "sound");
}

#[test]
fn a_bomb_of_a_layer_is_refused() {
    let (fixture, forge) = forge();
    let layer = forge.blob(LAYER_GZIP, &bomb(b""));
    let config = forge.config(&[&json!(Digest::of(b"").to_string())]);
    forge.entries(&[forge.manifest(&config, std::slice::from_ref(&layer))]);
    let digest = layer["digest"].as_str().unwrap();
    let verdict = verdict(&fixture, "oci:dir").replace(digest, "DIGEST");
    insta::assert_snapshot!(verdict, @"the blob `DIGEST` cannot be read: it decompresses to more than 1073741824 bytes, more than anything of its size should");
}

#[test]
fn a_bomb_of_an_archive_is_refused_and_leaves_nothing() {
    let fixture = Fixture::new();
    fs::write(fixture.root.join("file"), bomb(b"")).unwrap();
    insta::assert_snapshot!(verdict(&fixture, "docker-archive:file"), @"cannot read `docker-archive:ROOT/file`: `ROOT/file` cannot be decompressed: it decompresses to more than 1073741824 bytes, more than anything of its size should");
    assert_eq!(fixture.names("tmp"), [""; 0]);
}

#[test]
fn documents_of_the_largest_size_are_read_in_little_memory() {
    let (fixture, forge) = forge();
    let digest = Digest::of(b"").to_string();
    let entry = format!(r#"{{"mediaType":"","digest":"{digest}","size":0}},"#);
    let entries = entry.repeat((4 << 20) / entry.len() - 1);
    let index = format!(
        r#"{{"schemaVersion":2,"manifests":[{}]}}"#,
        entries.trim_end_matches(',')
    );
    forge.index_json(index.as_bytes());
    insta::assert_snapshot!(verdict(&fixture, "oci:dir"), @"`sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855` is of type ``, which is not an image; name one that is");

    let keys: Vec<String> = (0..400_000).map(|key| format!(r#""{key:x}":0"#)).collect();
    forge.index_json(format!("{{{}}}", keys.join(",")).as_bytes());
    assert!(verdict(&fixture, "oci:dir").contains("missing field"));

    forge.index_json(&vec![b' '; (4 << 20) + 1]);
    insta::assert_snapshot!(verdict(&fixture, "oci:dir"), @"cannot read `oci:ROOT/dir`: `index.json` in it has 4194305 bytes, more than the 4194304 that are read of a document");

    let texts = r#""","#.repeat(690_000);
    let config = format!(
        r#"{{"architecture":"","os":"","config":{{"Env":[{}]}},"rootfs":{{"type":"","diff_ids":[]}}}}"#,
        texts.trim_end_matches(',')
    );
    let config = forge.blob(CONFIG, config.as_bytes());
    forge.entries(&[forge.manifest(&config, &[])]);
    assert_eq!(verdict(&fixture, "oci:dir"), "sound");
}

#[test]
fn a_manifest_with_forty_thousand_layers_is_read_in_little_memory() {
    let (fixture, forge) = forge();
    let layer = forge.blob("", b"");
    let count = 20_000;
    let config = forge.config(&vec![&layer["digest"]; count]);
    let manifest = forge.manifest(&config, &vec![layer.clone(); count]);
    forge.entries(&[forge.index(&[manifest])]);
    assert_eq!(verdict(&fixture, "oci:dir"), "sound");
}

#[test]
fn an_index_of_nothing_a_hundred_thousand_times_is_refused() {
    let (fixture, forge) = forge();
    let mut root = forge.blob(INDEX, br#"{"schemaVersion":2,"manifests":[]}"#);
    for _ in 0..3 {
        root = forge.index(&vec![root; 1000]);
    }
    forge.entries(&[root]);
    insta::assert_snapshot!(verdict(&fixture, "oci:dir"), @"its indexes, manifests and configs have more than 8388608 bytes together");
}

#[test]
fn the_lists_of_a_docker_archive_are_read_in_little_memory() {
    let fixture = Fixture::new();
    let list = r#""","#.repeat(690_000);
    let list = list.trim_end_matches(',');
    for field in ["RepoTags", "Layers"] {
        let manifest = format!(r#"[{{"Config":"c","{field}":[{list}]}}]"#);
        let config = config(&[]).to_string();
        let archive = Tar::new()
            .file("c", config.as_bytes())
            .file("manifest.json", manifest.as_bytes());
        archive.write(&fixture.root.join("file"));
        let found = verdict(&fixture, "docker-archive:file");
        assert!(
            found.contains("it holds more than") || found.contains("690000 layers"),
            "{found}"
        );
    }
    let manifest = vec![b' '; (2 << 20) + 1];
    Tar::new()
        .file("manifest.json", &manifest)
        .write(&fixture.root.join("file"));
    insta::assert_snapshot!(verdict(&fixture, "docker-archive:file"), @"cannot read `docker-archive:ROOT/file`: `manifest.json` in it has 2097153 bytes, more than the 2097152 that are read of a document");
}

#[test]
fn an_archive_of_too_many_or_too_long_names_is_refused() {
    let fixture = Fixture::new();
    let file = fixture.root.join("file");
    let mut archive = Tar::new();
    for number in 0..70_000 {
        archive = archive.file(&format!("{number}"), b"");
    }
    archive.write(&file);
    let expected = "cannot read `docker-archive:ROOT/file`: `ROOT/file` holds more files than an \
                    archive of images should";
    assert_eq!(verdict(&fixture, "docker-archive:file"), expected);

    let long = |number: usize| format!("{number:04000}");
    let mut archive = Tar::new();
    for number in 0..3000 {
        archive = archive.long_name(&long(number)).file("x", b"");
    }
    archive.write(&file);
    assert_eq!(verdict(&fixture, "docker-archive:file"), expected);
}
