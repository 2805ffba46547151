//! Descriptors, platforms and annotations.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::grammar::{is_date_time, is_digest, is_media_type, is_uri};
use super::place::{Findings, Place};

/// What is wrong with a descriptor.
pub fn descriptor(value: &Value) -> Findings {
    let mut findings = Findings::new();
    check_descriptor(&Place::root(value), &mut findings);
    findings
}

pub fn check_descriptor(place: &Place, findings: &mut Findings) {
    if place.object(findings).is_none() {
        return;
    }
    if let Some(media_type) = place.need("mediaType", findings) {
        media_type.matches(is_media_type, "a media type", findings);
    }
    if let Some(digest) = place.need("digest", findings) {
        digest.matches(is_digest, "a digest", findings);
    }
    let size = place.need("size", findings).and_then(|size| {
        // A size is an int64 that is not negative.
        let number = size
            .value
            .as_u64()
            .filter(|number| i64::try_from(*number).is_ok());
        if number.is_none() {
            size.say(findings, format!("`{}` is not a size", size.value));
        }
        number
    });
    if let Some(urls) = place.get("urls") {
        for url in urls.items(findings) {
            url.matches(is_uri, "a URI", findings);
        }
    }
    if let Some(data) = place.get("data")
        && let Some(text) = data.string(findings)
    {
        match STANDARD.decode(text) {
            Ok(bytes) if size.is_none_or(|size| bytes.len() as u64 == size) => {}
            Ok(bytes) => data.say(findings, format!("holds {} bytes, not `size`", bytes.len())),
            Err(_) => data.say(findings, "is not base64"),
        }
    }
    if let Some(artifact_type) = place.get("artifactType") {
        artifact_type.matches(is_media_type, "a media type", findings);
    }
    check_annotations(place, findings);
    if let Some(platform) = place.get("platform") {
        check_platform(&platform, findings);
    }
}

/// `annotations` of an object: strings under names, some with a form of their own.
pub fn check_annotations(holder: &Place, findings: &mut Findings) {
    if let Some(place) = holder.get("annotations") {
        check_map_of_strings(&place, findings);
    }
}

pub fn check_map_of_strings(place: &Place, findings: &mut Findings) {
    let Some(map) = place.object(findings) else {
        return;
    };
    for (name, value) in map {
        let value = Place {
            path: format!("{}.{name}", place.path),
            value,
        };
        if name.is_empty() {
            place.say(findings, "a name is empty");
        }
        match name.strip_prefix("org.opencontainers.image.") {
            Some("created") => value.matches(is_date_time, "a date and time of RFC 3339", findings),
            Some("base.digest") => value.matches(is_digest, "a digest", findings),
            Some(key) if !DEFINED.contains(&key) => {
                value.say(
                    findings,
                    "uses the specification's namespace but is not defined in it",
                );
            }
            _ => drop(value.string(findings)),
        }
    }
}

/// What the specification defines under `org.opencontainers.image.`.
const DEFINED: &[&str] = &[
    "authors",
    "base.digest",
    "base.name",
    "created",
    "description",
    "documentation",
    "licenses",
    "ref.name",
    "revision",
    "source",
    "title",
    "url",
    "vendor",
    "version",
];

/// `os` and `architecture`, and what may go with them; also part of a config.
pub fn check_platform(place: &Place, findings: &mut Findings) {
    if place.object(findings).is_none() {
        return;
    }
    for (name, known) in [("os", OS), ("architecture", ARCHITECTURES)] {
        if let Some(field) = place.need(name, findings)
            && let Some(text) = field.string(findings)
            && !known.contains(&text)
        {
            field.say(findings, format!("`{text}` is not a name that Go gives"));
        }
    }
    for name in ["variant", "os.version"] {
        if let Some(field) = place.get(name) {
            field.string(findings);
        }
    }
    if let Some(features) = place.get("os.features") {
        features.strings(findings);
    }
}

/// Go's names of operating systems that images are made for.
const OS: &[&str] = &["freebsd", "linux", "windows"];

/// Go's names of architectures.
const ARCHITECTURES: &[&str] = &[
    "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64",
    "ppc64le", "riscv64", "s390x", "wasm",
];
