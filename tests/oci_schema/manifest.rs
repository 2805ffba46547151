//! Manifests, image indexes, and the two files at the top of a layout.

use std::collections::BTreeSet;

use serde_json::Value;

use super::descriptor::{check_annotations, check_descriptor};
use super::grammar::{is_media_type, is_reference_name};
use super::place::{Findings, Place};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// What is wrong with the manifest of an image for one platform.
pub fn manifest(value: &Value) -> Findings {
    let mut findings = Findings::new();
    let place = Place::root(value);
    if place.object(&mut findings).is_none() {
        return findings;
    }
    check_head(&place, MANIFEST, &mut findings);
    if let Some(config) = place.need("config", &mut findings) {
        check_descriptor(&config, &mut findings);
        match config
            .get("mediaType")
            .and_then(|media_type| media_type.value.as_str())
        {
            Some(EMPTY) if place.get("artifactType").is_none() => {
                place.say(
                    &mut findings,
                    "`artifactType` is missing where the config is empty",
                );
            }
            Some(CONFIG) => check_layers(&place, &mut findings),
            _ => {}
        }
    }
    if let Some(layers) = place.need("layers", &mut findings) {
        let items = layers.items(&mut findings);
        if items.is_empty() {
            layers.say(&mut findings, "is empty");
        }
        for layer in items {
            check_descriptor(&layer, &mut findings);
        }
    }
    findings
}

/// The layers of a container image have the specification's own media types.
fn check_layers(place: &Place, findings: &mut Findings) {
    let layers = place
        .get("layers")
        .and_then(|layers| layers.value.as_array());
    for (index, layer) in layers.into_iter().flatten().enumerate() {
        let Some(media_type) = layer["mediaType"].as_str() else {
            continue;
        };
        let known = media_type
            .strip_prefix(LAYER)
            .is_some_and(|compression| ["", "+gzip", "+zstd"].contains(&compression));
        if !known {
            place.say(
                findings,
                format!("layers[{index}]: `{media_type}` is no layer of an image"),
            );
        }
    }
}

/// What is wrong with an image index.
pub fn image_index(value: &Value) -> Findings {
    let mut findings = Findings::new();
    check_index(value, false, &mut findings);
    findings
}

/// What is wrong with the `index.json` of a layout, whose entries may have names.
pub fn layout_index(value: &Value) -> Findings {
    let mut findings = Findings::new();
    check_index(value, true, &mut findings);
    findings
}

fn check_index(value: &Value, of_layout: bool, findings: &mut Findings) {
    let place = Place::root(value);
    if place.object(findings).is_none() {
        return;
    }
    check_head(&place, INDEX, findings);
    let Some(manifests) = place.need("manifests", findings) else {
        return;
    };
    let mut names = BTreeSet::new();
    let mut platforms = BTreeSet::new();
    for entry in manifests.items(findings) {
        check_descriptor(&entry, findings);
        let media_type = entry.value["mediaType"].as_str();
        if let Some(media_type) = media_type.filter(|name| ![INDEX, MANIFEST].contains(name)) {
            entry.say(
                findings,
                format!("`{media_type}` is neither an index nor a manifest"),
            );
        }
        if let Some(name) = entry.value["annotations"]
            .get(REF_NAME)
            .and_then(Value::as_str)
        {
            if !of_layout {
                entry.say(findings, format!("`{REF_NAME}` stands outside of a layout"));
            }
            if !is_reference_name(name) {
                entry.say(findings, format!("`{name}` is not the name of a reference"));
            }
            if !names.insert(name.to_owned()) {
                entry.say(findings, format!("`{name}` is named twice"));
            }
        }
        match entry.get("platform") {
            Some(platform) if !of_layout && !platforms.insert(platform.value.to_string()) => {
                entry.say(findings, "its platform is there twice");
            }
            None if media_type == Some(MANIFEST) => {
                entry.say(findings, "`platform` is missing on a manifest");
            }
            _ => {}
        }
    }
}

/// What manifests and indexes share.
fn check_head(place: &Place, media_type: &str, findings: &mut Findings) {
    if let Some(version) = place.need("schemaVersion", findings)
        && version.value.as_u64() != Some(2)
    {
        version.say(findings, format!("`{}` is not 2", version.value));
    }
    if let Some(found) = place.need("mediaType", findings) {
        found.equals(media_type, findings);
    }
    if let Some(artifact_type) = place.get("artifactType") {
        artifact_type.matches(is_media_type, "a media type", findings);
    }
    if let Some(subject) = place.get("subject") {
        check_descriptor(&subject, findings);
    }
    check_annotations(place, findings);
}

/// What is wrong with the file `oci-layout`.
pub fn layout_marker(value: &Value) -> Findings {
    let mut findings = Findings::new();
    let place = Place::root(value);
    if place.object(&mut findings).is_some()
        && let Some(version) = place.need("imageLayoutVersion", &mut findings)
    {
        version.equals("1.0.0", &mut findings);
    }
    findings
}
