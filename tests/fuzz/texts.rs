//! References to images, digests, and the values of the metadata table and of flags.

use muslin::package::validate;
use muslin_oci::digest::Digest;
use muslin_oci::transport::Reference;
use muslin_oci::transport::reference::PinnedReference;

use super::mutation::mutant;
use super::target::{READ, Target, outcome};

pub const TARGET: Target = Target {
    name: "texts",
    seeds,
    mutant: |input, other, random| mutant(input, other, WORDS, random),
    read: |input| read(&String::from_utf8_lossy(input)),
};

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const WORDS: &[&[u8]] = &[
    b"oci:",
    b"oci-archive:",
    b"docker-archive:",
    b"docker-daemon:",
    b"docker://",
    b"@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    b"sha256:",
    b"/",
    b":",
    b"@",
    b"..",
    b"65535",
    b"MiB",
    b"tcp",
    b"SIG",
    "é".as_bytes(),
    "\u{1f600}".as_bytes(),
];

fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "oci:dir",
        "oci:a/dir:v1.0",
        "oci-archive:a/b.tar:v1",
        "docker-archive:x.tar:ghcr.io/a/b:1",
        "docker-daemon:ghcr.io:5000/a/b:c",
        DIGEST,
        "100MB",
        "1.5GiB",
        "65532:65532",
        "53/udp",
        "/usr/share/app/",
        "SIGRTMIN+3",
        "ghcr.io/OWNER/some__name",
        "localhost:5000/a-b/c.d",
        "NAME=value",
    ];
    let mut seeds = texts.map(|text| text.as_bytes().to_vec()).to_vec();
    seeds.push(format!("oci:dir@{DIGEST}").into_bytes());
    seeds
}

/// A reference, and the same pinned to a digest.
fn reference(text: &str) -> String {
    let parsed = text.parse::<Reference>();
    if let Ok(reference) = &parsed {
        let printed = reference.to_string();
        assert_eq!(printed.parse().as_ref(), Ok(reference), "{printed:?}");
        let digest = Digest::of(b"");
        let pinned: PinnedReference = reference.pinned(digest).parse().unwrap();
        assert_eq!(pinned.digest, Some(digest), "{text:?}");
    }
    if let Ok(pinned) = text.parse::<PinnedReference>() {
        let printed = pinned.reference.to_string();
        assert_eq!(printed.parse(), Ok(pinned.reference), "{printed:?}");
    }
    outcome(parsed).replace(text, "")
}

/// A value that was normalized is normal.
fn normalized(text: &str, normalize: fn(&str) -> Result<String, String>) -> bool {
    let Ok(normal) = normalize(text) else {
        return false;
    };
    assert_eq!(normalize(&normal).as_ref(), Ok(&normal), "of {text:?}");
    true
}

fn read(text: &str) -> String {
    let digest = text.parse::<Digest>();
    if let Ok(digest) = &digest {
        assert_eq!(digest.to_string(), text);
    }
    let size = validate::size(text);
    if let Ok(size) = size {
        assert_eq!(validate::size(&size.to_string()), Ok(size), "of {text:?}");
    }
    let pair = validate::pair(text);
    if let Ok((name, value)) = &pair {
        assert_eq!(format!("{name}={value}"), text);
    }
    let accepted = [
        digest.is_ok(),
        size.is_ok(),
        pair.is_ok(),
        normalized(text, validate::user),
        normalized(text, validate::port),
        normalized(text, validate::absolute_path),
        validate::env_name(text).is_ok(),
        validate::signal(text).is_ok(),
        validate::tag(text).is_ok(),
        validate::image(text).is_ok(),
    ];
    let reference = reference(text);
    if reference == READ || accepted.contains(&true) {
        return READ.to_owned();
    }
    reference
}
