//! Layouts that were forged are refused with one message that names what is wrong.

use std::fs;

use muslin_oci::digest::Digest;
use muslin_oci::media_type::{CONFIG, INDEX, LAYER_GZIP, LAYER_TAR, MANIFEST};
use serde_json::{Value, json};

use super::forge::*;
use super::support::*;

fn forge() -> (Fixture, Forge) {
    let fixture = Fixture::new();
    let forge = Forge::new(fixture.root.join("dir"));
    (fixture, forge)
}

#[test]
fn the_forge_makes_honest_layouts_and_archives_too() {
    let (fixture, forge) = forge();
    let layer = Tar::new().file("x", b"x").bytes();
    forge.entries(&[forge.index(&[forge.image(&layer)])]);
    fixture.assert_sound("oci:dir");
    docker_archive(&layer).write(&fixture.root.join("file"));
    fixture.assert_sound("docker-archive:file");
    assert_eq!(fixture.open("docker-archive:file").entries().len(), 1);
}

#[test]
fn a_folder_that_is_no_layout_is_refused() {
    let (fixture, forge) = forge();
    insta::assert_snapshot!(fixture.refusal("oci:none"), @"cannot read `oci:ROOT/none`: there is no `ROOT/none`; give the path of an image that was made");
    insta::assert_snapshot!(fixture.refusal("oci:tmp"), @"cannot read `oci:ROOT/tmp`: `ROOT/tmp` is not an image layout: it has no `oci-layout`; give a folder that has one");
    insta::assert_snapshot!(fixture.refusal("oci:dir/oci-layout"), @"cannot read `oci:ROOT/dir/oci-layout`: `ROOT/dir/oci-layout` is not a folder; an archive is read with `oci-archive:` or `docker-archive:`");
    fs::write(
        forge.root.join("oci-layout"),
        r#"{"imageLayoutVersion":"2.0.0"}"#,
    )
    .unwrap();
    insta::assert_snapshot!(fixture.refusal("oci:dir"), @"cannot read `oci:ROOT/dir`: it is an image layout of version `2.0.0`; this muslin knows `1.0.0`, so get a newer one");
}

#[test]
fn an_index_json_that_is_nonsense_is_refused() {
    let (fixture, forge) = forge();
    let cases: [(&[u8], &str); 8] = [
        (b"", "EOF while parsing"),
        (b"[]", "invalid length"),
        (b"\xff\xfe", "expected value"),
        (b"{\"schemaVersion\":2}", "missing field `manifests`"),
        (b"{\"schemaVersion\":2,\"manifests\":[],\"manifests\":[]}", "the key `manifests` is there twice"),
        (b"{\"schemaVersion\":2,\"manifests\":[]} {}", "trailing characters"),
        (
            b"{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"\",\"digest\":\"sha256:../../../../etc/passwd\",\"size\":1}]}",
            "`sha256:../../../../etc/passwd` is not a digest",
        ),
        (
            b"{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"\",\"digest\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\",\"size\":-1}]}",
            "invalid value: integer `-1`",
        ),
    ];
    for (bytes, reason) in cases {
        forge.index_json(bytes);
        let found = fixture.refusal("oci:dir");
        let expected =
            "cannot read `oci:ROOT/dir`: `index.json` in it is malformed; make the image again: ";
        assert!(
            found.starts_with(expected) && found.contains(reason),
            "{found}"
        );
    }
    forge.index_json("[".repeat(1 << 20).as_bytes());
    assert!(fixture.refusal("oci:dir").contains("recursion limit"));
    forge.entries(&[]);
    insta::assert_snapshot!(fixture.refusal("oci:dir"), @"cannot read `oci:ROOT/dir`: it holds no image; write one to it first");
}

#[test]
fn documents_and_layers_that_claim_ten_gigabytes_are_refused() {
    let (fixture, forge) = forge();
    let ten = 10_000_000_000_u64;
    let layer = Tar::new().file("x", b"x").bytes();
    let claiming = |descriptor: &Value| {
        let mut claim = descriptor.clone();
        claim["size"] = json!(ten);
        claim
    };
    let image = forge.image(&layer);
    let digest = image["digest"].as_str().unwrap();
    forge.entries(&[claiming(&image)]);
    let refusal = fixture.refusal("oci:dir").replace(digest, "DIGEST");
    insta::assert_snapshot!(refusal, @"cannot read `oci:ROOT/dir`: the manifest `DIGEST` in it has 10000000000 bytes, more than the 4194304 that are read of a document");

    let layer = forge.blob(LAYER_TAR, &layer);
    let config = forge.config(&[&layer["digest"]]);
    forge.entries(&[forge.manifest(&claiming(&config), std::slice::from_ref(&layer))]);
    assert!(fixture.refusal("oci:dir").contains("the config `sha256:"));
    forge.entries(&[forge.manifest(&config, &[claiming(&layer)])]);
    let found = fixture.refusal("oci:dir");
    assert!(
        found.contains(&format!("should have {ten} bytes and has 2048")),
        "{found}"
    );
}

#[test]
fn documents_that_contradict_each_other_are_refused() {
    let (fixture, forge) = forge();
    let layer = forge.blob(LAYER_TAR, &Tar::new().file("x", b"x").bytes());
    let config = forge.config(&[&layer["digest"]]);
    let honest = forge.manifest(&config, std::slice::from_ref(&layer));

    // One document, to be read as two things.
    let mut other_type = honest.clone();
    other_type["mediaType"] = json!(INDEX);
    forge.entries(&[other_type]);
    assert!(
        fixture
            .refusal("oci:dir")
            .contains("missing field `manifests`")
    );
    let both = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer],
        "manifests": [honest],
    });
    forge.entries(&[forge.blob(INDEX, both.to_string().as_bytes())]);
    let found = fixture.refusal("oci:dir");
    assert!(
        found.contains(&format!(
            "should be of type `{INDEX}` and says that it is `{MANIFEST}`"
        )),
        "{found}"
    );

    forge.entries(&[forge.manifest(&config, &[])]);
    insta::assert_snapshot!(fixture.refusal("oci:dir"), @"cannot read `oci:ROOT/dir`: the manifest `sha256:1b2f51c59c81ac091cca646891e93d0f8d6940730d2aa7aee8ca8a8a48d6e81b` has 0 layers and its config 1 diff IDs; make the image again");

    let empty = forge.blob("application/vnd.oci.empty.v1+json", b"{}");
    forge.entries(&[forge.manifest(&empty, std::slice::from_ref(&layer))]);
    let found = fixture.refusal("oci:dir");
    insta::assert_snapshot!(found, @"cannot read `oci:ROOT/dir`: `sha256:77406c2fc316559d6301cb57625b9837e0198d331f6cb0ce77b1998e67fdb8a8` is of type `application/vnd.oci.empty.v1+json`, which is not an image; name one that is");
    forge.entries(&[layer]);
    insta::assert_snapshot!(fixture.refusal("oci:dir"), @"cannot read `oci:ROOT/dir`: `sha256:a2d0ab0cc6725c8fb7e1110840baf9dd9911c4d258968f87927523759f075d07` is of type `application/vnd.oci.image.layer.v1.tar`, which is not an image; name one that is");
}

#[test]
fn a_layer_whose_tar_is_another_is_found_by_verify_and_not_written_to_docker() {
    let (fixture, forge) = forge();
    let tar = Tar::new().file("x", b"x").bytes();
    let layer = forge.blob(LAYER_GZIP, &gzip(&tar));
    let claimed = json!(Digest::of(b"another").to_string());
    let config = forge.config(&[&claimed]);
    forge.entries(&[forge.manifest(&config, &[layer])]);
    let report =
        muslin_oci::transport::verify(&fixture.reference("oci:dir"), &fixture.host).unwrap();
    let flaw = fixture.line(&report.findings[0].kind);
    assert!(
        flaw.contains("should have the diff ID") && flaw.contains(&Digest::of(&tar).to_string()),
        "{flaw}"
    );
    let image = fixture.open("oci:dir").image().unwrap();
    let error = fixture
        .write("docker-archive:file:x:1", &image)
        .unwrap_err();
    assert!(fixture.line(&error).ends_with(&flaw));
}

#[test]
fn indexes_are_followed_a_few_levels_and_no_deeper() {
    let (fixture, forge) = forge();
    let mut root = forge.image(&Tar::new().file("x", b"x").bytes());
    insta::allow_duplicates! {
        for depth in 1..8 {
            root = forge.index(&[root]);
            forge.entries(std::slice::from_ref(&root));
            if depth <= 4 {
                let image = fixture.open("oci:dir").image().unwrap();
                assert_eq!(image.platforms.len(), 1);
            } else {
                insta::assert_snapshot!(fixture.refusal("oci:dir"), @"cannot read `oci:ROOT/dir`: its indexes are nested more than 4 deep");
            }
        }
    }
}

#[test]
fn an_index_that_names_one_manifest_ever_again_is_refused() {
    let (fixture, forge) = forge();
    let config = forge.blob(CONFIG, config(&[]).to_string().as_bytes());
    let manifest = forge.manifest(&config, &[]);
    let index = forge.index(&vec![manifest; 20_000]);
    forge.entries(&[index]);
    insta::assert_snapshot!(fixture.refusal("oci:dir"), @"cannot read `oci:ROOT/dir`: its indexes, manifests and configs have more than 8388608 bytes together");
}

#[test]
fn a_link_out_of_a_layout_gives_away_nothing() {
    let (fixture, forge) = forge();
    let secret = fixture.root.join("secret");
    fs::write(&secret, "secret").unwrap();
    let layer = json!({"mediaType": LAYER_TAR, "digest": Digest::of(b"x").to_string(), "size": 6});
    let config = forge.config(&[&layer["digest"]]);
    forge.entries(&[forge.manifest(&config, std::slice::from_ref(&layer))]);
    let path = forge.path(layer["digest"].as_str().unwrap());
    std::os::unix::fs::symlink(&secret, path).unwrap();
    let found = fixture.refusal("oci:dir");
    assert!(
        found.contains("the content of the blob") && !found.contains("secret"),
        "{found}"
    );
}
