//! Attestations, as `docker buildx` puts them into an index: they are read, verified, written
//! with the image, and joined with it.

use std::fs;
use std::num::NonZeroUsize;

use muslin_oci::annotation::{ATTESTATION_MANIFEST, REFERENCE_DIGEST, REFERENCE_TYPE};
use muslin_oci::join::{JoinRequest, join};
use muslin_oci::media_type::{CONFIG, IN_TOTO, LAYER_GZIP};
use serde_json::{Value, json};

use super::forge::{Forge, Tar, gzip};
use super::support::{Fixture, read_all};

const SPDX: &str = "https://spdx.dev/Document";
const SLSA: &str = "https://slsa.dev/provenance/v1";

/// A layout with an image for linux/amd64, whose layer has this media type, and statements
/// about it; gives the digests of manifest and statements, too.
struct Attested {
    forge: Forge,
    image: Value,
    statements: [Value; 2],
}

impl Attested {
    fn new(fixture: &Fixture, name: &str, compressed: bool) -> Self {
        let forge = Forge::new(fixture.root.join(name));
        let tar = Tar::new().file("usr/file", name.as_bytes()).bytes();
        let plain = forge.blob("application/vnd.oci.image.layer.v1.tar", &tar);
        let layer = if compressed {
            forge.blob(LAYER_GZIP, &gzip(&tar))
        } else {
            plain.clone()
        };
        let mut image = forge.manifest(&forge.config(&[&plain["digest"]]), &[layer]);
        image["platform"] = json!({"architecture": "amd64", "os": "linux"});

        let statement = |kind: &str| {
            let statement = json!({
                "_type": "https://in-toto.io/Statement/v0.1",
                "predicateType": kind,
                "subject": [{"name": name, "digest": {"sha256": "0"}}],
                "predicate": {},
            });
            let mut blob = forge.blob(IN_TOTO, statement.to_string().as_bytes());
            blob["annotations"] = json!({"in-toto.io/predicate-type": kind});
            blob
        };
        let statements = [statement(SPDX), statement(SLSA)];
        let config = json!({
            "architecture": "unknown", "os": "unknown", "config": {},
            "rootfs": {"type": "layers", "diff_ids": [statements[0]["digest"], statements[1]["digest"]]},
        });
        let config = forge.blob(CONFIG, config.to_string().as_bytes());
        let mut attestation = forge.manifest(&config, &statements);
        attestation["platform"] = json!({"architecture": "unknown", "os": "unknown"});
        attestation["annotations"] = json!({
            REFERENCE_DIGEST: image["digest"],
            REFERENCE_TYPE: ATTESTATION_MANIFEST,
        });
        forge.entries(&[forge.index(&[image.clone(), attestation])]);
        Self {
            forge,
            image,
            statements,
        }
    }
}

/// The digest of a descriptor.
fn digest(descriptor: &Value) -> &str {
    descriptor["digest"].as_str().unwrap()
}

#[test]
fn an_index_with_attestations_is_an_image_of_its_platforms() {
    let fixture = Fixture::new();
    let attested = Attested::new(&fixture, "dir", true);
    let image = fixture.open("oci:dir").image().unwrap();
    let platforms: Vec<String> = image
        .platforms
        .iter()
        .map(|p| p.platform.to_string())
        .collect();
    assert_eq!(platforms, ["linux/amd64"]);
    let [attestation] = image.attestations.as_slice() else {
        panic!("{:?}", image.attestations);
    };
    assert_eq!(attestation.subject.to_string(), digest(&attested.image));
    let found = attestation.statements.iter();
    let found: Vec<String> = found
        .map(|blob| blob.descriptor.digest.to_string())
        .collect();
    assert_eq!(found, attested.statements.each_ref().map(digest));
    fixture.assert_sound("oci:dir");
}

#[test]
fn attestations_are_written_with_the_image() {
    let fixture = Fixture::new();
    Attested::new(&fixture, "dir", true);
    let image = fixture.open("oci:dir").image().unwrap();
    for to in ["oci:copy", "oci-archive:copy.tar"] {
        fixture.write(to, &image).unwrap();
        let copy = fixture.open(to).image().unwrap();
        assert_eq!(copy.index.descriptor, image.index.descriptor, "{to}");
        assert_eq!(read_all(&copy).unwrap(), read_all(&image).unwrap(), "{to}");
        fixture.assert_sound(to);
    }
    // Docker's own archives hold one image and nothing about it.
    fixture.write("docker-archive:docker.tar", &image).unwrap();
    let docker = fixture.open("docker-archive:docker.tar").image().unwrap();
    assert!(docker.attestations.is_empty());
}

#[test]
fn a_statement_that_is_damaged_or_missing_is_refused() {
    let fixture = Fixture::new();
    let attested = Attested::new(&fixture, "dir", true);
    let path = attested.forge.path(digest(&attested.statements[0]));
    let honest = fs::read(&path).unwrap();
    let mut damaged = honest.clone();
    damaged[10] ^= 1;
    fs::write(&path, damaged).unwrap();
    let report = muslin_oci::transport::verify(&fixture.reference("oci:dir"), &fixture.host);
    let findings = report.unwrap().findings;
    assert_eq!(findings.len(), 1, "{findings:?}");
    let said = findings[0].kind.to_string();
    assert!(said.contains(digest(&attested.statements[0])), "{said}");

    fs::remove_file(path).unwrap();
    let refusal = fixture.refusal("oci:dir");
    assert!(
        refusal.contains(digest(&attested.statements[0])),
        "{refusal}"
    );
}

/// The attestations of the index that these images are joined under, by what they are about.
fn joined(fixture: &Fixture, sources: &[&str]) -> Vec<String> {
    let report = join(&JoinRequest {
        sources: sources
            .iter()
            .map(|source| fixture.reference(source))
            .collect(),
        destination: fixture.reference("oci:joined"),
        tags: Vec::new(),
        threads: NonZeroUsize::MIN,
        host: fixture.host.clone(),
    })
    .unwrap();
    fixture.assert_sound("oci:joined");
    let image = fixture.open("oci:joined").image().unwrap();
    let reported: usize = report.platforms.iter().map(|one| one.attestations).sum();
    let statements = image.attestations.iter().map(|one| one.statements.len());
    assert_eq!(reported, statements.sum::<usize>());
    let subjects = image.attestations.iter();
    subjects.map(|one| one.subject.to_string()).collect()
}

#[test]
fn attestations_are_joined_unless_their_image_becomes_another() {
    let fixture = Fixture::new();
    let attested = Attested::new(&fixture, "kept", true);
    let other = super::support::image_for(&[super::support::arm64()], b"other");
    fixture.write("oci:other", &other).unwrap();
    let kept = joined(&fixture, &["oci:other", "oci:kept"]);
    assert_eq!(kept, [digest(&attested.image)]);

    // Its layer gets a compression, so its manifest is another one.
    Attested::new(&fixture, "plain", false);
    assert!(joined(&fixture, &["oci:plain", "oci:other"]).is_empty());
}

#[test]
fn an_attestation_alone_is_no_image() {
    let fixture = Fixture::new();
    let forge = Forge::new(fixture.root.join("dir"));
    let mut attestation = forge.manifest(&forge.config(&[]), &[]);
    attestation["annotations"] = json!({
        REFERENCE_DIGEST: attestation["digest"], REFERENCE_TYPE: ATTESTATION_MANIFEST,
    });
    forge.entries(&[forge.index(&[attestation])]);
    let refusal = fixture.refusal("oci:dir");
    insta::assert_snapshot!(refusal, @"cannot read `oci:ROOT/dir`: it holds no image; write one to it first");
}
