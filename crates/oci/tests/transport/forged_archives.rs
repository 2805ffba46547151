//! Archives that were forged are refused with one message that names what is wrong.

use std::fs;

use muslin_oci::digest::Digest;
use serde_json::json;

use super::forge::*;
use super::support::*;

#[test]
fn archives_that_are_none_are_refused() {
    let fixture = Fixture::new();
    let file = fixture.root.join("file");
    let layer = Tar::new().file("x", b"x").bytes();
    let cases: [(Vec<u8>, &str); 7] = [
        (
            vec![b'x'; 4096],
            "`ROOT/file` cannot be read as a tar: it is no tar",
        ),
        (vec![0; 4096], "there is no `TOP` in it"),
        (Vec::new(), "there is no `TOP` in it"),
        (
            Tar::new().claim("TOP", 10_000_000_000),
            "it is cut off: the entry at byte",
        ),
        (
            b"\xfd7zXZ\0rest".to_vec(),
            "`ROOT/file` cannot be decompressed: it is compressed with xz; compress it with gzip or zstd",
        ),
        (
            gzip(&layer)[..30].to_vec(),
            "`ROOT/file` cannot be decompressed",
        ),
        (
            [gzip(&layer), b"rest".to_vec()].concat(),
            "`ROOT/file` cannot be decompressed",
        ),
    ];
    for (transport, top) in [
        ("oci-archive", "oci-layout"),
        ("docker-archive", "manifest.json"),
    ] {
        for (bytes, reason) in &cases {
            fs::write(&file, bytes).unwrap();
            let found = fixture.refusal(&format!("{transport}:file"));
            let reason = reason.replace("TOP", top);
            assert!(found.contains(&reason), "{found} lacks {reason}");
        }
        let found = fixture.refusal(&format!("{transport}:tmp"));
        assert!(
            found.ends_with("`ROOT/tmp` is not a regular file"),
            "{found}"
        );
    }
}

#[test]
fn an_archive_of_the_other_kind_is_said_to_be_one() {
    let fixture = Fixture::new();
    let image = single(b"content");
    fixture.write("oci-archive:oci", &image).unwrap();
    fixture.write("docker-archive:docker", &image).unwrap();
    insta::assert_snapshot!(fixture.refusal("docker-archive:oci"), @"cannot read `docker-archive:ROOT/oci`: there is no `manifest.json` in it; write `oci-archive:` before its name");
    insta::assert_snapshot!(fixture.refusal("oci-archive:docker"), @"cannot read `oci-archive:ROOT/docker`: there is no `oci-layout` in it; write `docker-archive:` before its name");
}

#[test]
fn a_file_that_is_in_an_archive_twice_is_refused() {
    let fixture = Fixture::new();
    let file = fixture.root.join("file");
    let layer = Tar::new().file("x", b"x").bytes();
    docker_archive(&layer)
        .json("./manifest.json", &json!([]))
        .write(&file);
    insta::assert_snapshot!(fixture.refusal("docker-archive:file"), @"cannot read `docker-archive:ROOT/file`: `manifest.json` is in it twice; make the archive again");
    docker_archive(&layer).file("a/layer.tar", b"").write(&file);
    insta::assert_snapshot!(fixture.refusal("docker-archive:file"), @"cannot read `docker-archive:ROOT/file`: `a/layer.tar` is in it twice; make the archive again");
}

#[test]
fn a_docker_archive_that_lies_about_its_config_or_a_layer_is_refused() {
    let fixture = Fixture::new();
    let file = fixture.root.join("file");
    let layer = Tar::new().file("x", b"x").bytes();
    let config = config(&[&json!(Digest::of(b"another").to_string())]);
    let manifest = |config: &str, layers: &[&str]| json!([{"Config": config, "Layers": layers}]);
    let archive = |name: &str, layers: &[&str]| {
        Tar::new()
            .json("manifest.json", &manifest(name, layers))
            .json(name, &config)
            .file("layer.tar", &layer)
    };
    let hex = Digest::of(b"yet another").hex();
    for name in [format!("{hex}.json"), format!("blobs/sha256/{hex}")] {
        archive(&name, &["layer.tar"]).write(&file);
        let found = fixture.refusal("docker-archive:file");
        assert!(
            found.contains(&format!(
                "the content of the blob `sha256:{hex}` has the digest"
            )),
            "{found}"
        );
    }
    archive("config.json", &["layer.tar"]).write(&file);
    let found = fixture.refusal("docker-archive:file");
    assert!(
        found.contains(&format!(
            "the content of the blob `{}` has the digest",
            Digest::of(b"another")
        )),
        "{found}"
    );
    archive("config.json", &["layer.tar", "layer.tar"]).write(&file);
    insta::assert_snapshot!(fixture.refusal("docker-archive:file"), @"cannot read `docker-archive:ROOT/file`: the manifest `sha256:0c4e6da033ea092e180751d65d05e7fb4c13fb7bf4b3de81a1d71542adbc086e` has 2 layers and its config 1 diff IDs; make the image again");
    archive("config.json", &["../../etc/passwd"]).write(&file);
    insta::assert_snapshot!(fixture.refusal("docker-archive:file"), @"cannot read `docker-archive:ROOT/file`: there is no `../../etc/passwd` in it; make the archive again");
    archive("config.json", &["/etc/passwd"]).write(&file);
    insta::assert_snapshot!(fixture.refusal("docker-archive:file"), @"cannot read `docker-archive:ROOT/file`: there is no `/etc/passwd` in it; make the archive again");
    let items = json!(vec![
        manifest("config.json", &["layer.tar"])[0].clone();
        257
    ]);
    Tar::new().json("manifest.json", &items).write(&file);
    insta::assert_snapshot!(fixture.refusal("docker-archive:file"), @"cannot read `docker-archive:ROOT/file`: it holds more than 256 images");
}

#[test]
fn links_in_a_docker_archive_are_followed_within_it() {
    let fixture = Fixture::new();
    let file = fixture.root.join("file");
    let layer = Tar::new().file("x", b"x").bytes();
    let config = config(&[&json!(Digest::of(&layer).to_string())]);
    let archive = || {
        let manifest = json!([{"Config": "config.json", "Layers": ["a/layer.tar"]}]);
        Tar::new()
            .json("manifest.json", &manifest)
            .json("config.json", &config)
    };
    for (target, kind) in [
        ("../b/layer.tar", tar::EntryType::Symlink),
        ("b/layer.tar", tar::EntryType::Link),
        ("./x/../../b/./layer.tar", tar::EntryType::Symlink),
    ] {
        archive()
            .file("b/layer.tar", &layer)
            .link("a/layer.tar", target, kind)
            .write(&file);
        fixture.assert_sound("docker-archive:file");
    }
    insta::allow_duplicates! {
        for target in [
            "../../etc/passwd",
            "/etc/passwd",
            "layer.tar",
            "../a/layer.tar",
        ] {
            archive().symlink("a/layer.tar", target).write(&file);
            insta::assert_snapshot!(fixture.refusal("docker-archive:file"), @"cannot read `docker-archive:ROOT/file`: the link `a/layer.tar` in it leads in a circle or out of it; make the archive again");
        }
    }
    let circle = archive()
        .symlink("a/layer.tar", "b")
        .symlink("a/b", "layer.tar");
    circle.write(&file);
    insta::assert_snapshot!(fixture.refusal("docker-archive:file"), @"cannot read `docker-archive:ROOT/file`: the link `a/layer.tar` in it leads in a circle or out of it; make the archive again");
}

#[test]
fn names_in_an_oci_archive_that_lead_elsewhere_are_no_blobs() {
    let fixture = Fixture::new();
    let image = single(b"content");
    fixture.write("oci-archive:whole", &image).unwrap();
    let config = &image.platforms[0].config.descriptor.digest;
    let mut archive = Tar::new();
    let whole = fs::read(fixture.root.join("whole")).unwrap();
    let mut reader = tar::Archive::new(whole.as_slice());
    for entry in reader.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_str().unwrap().to_owned();
        let name = if name.contains(&config.hex()) {
            format!("blobs/sha256/../../../blobs/sha256/{}", &config.hex()[..40])
        } else {
            name
        };
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        if !name.ends_with('/') {
            archive = archive.file(&name, &bytes);
        }
    }
    archive.write(&fixture.root.join("file"));
    let found = fixture.refusal("oci-archive:file");
    assert!(
        found.contains(&format!("the blob `{config}` is missing")),
        "{found}"
    );
}
