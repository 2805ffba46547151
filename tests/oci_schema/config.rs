//! The config of an image.

use serde_json::Value;

use super::descriptor::{check_map_of_strings, check_platform};
use super::grammar::{is_date_time, is_digest, is_exposed_port, is_signal, is_variable};
use super::place::{Findings, Place};

/// What is wrong with an image config.
pub fn config(value: &Value) -> Findings {
    let mut findings = Findings::new();
    let place = Place::root(value);
    // Its platform stands in the config itself.
    check_platform(&place, &mut findings);
    if place.value.is_object() {
        check_created_and_author(&place, &mut findings);
        if let Some(settings) = place.get("config") {
            check_settings(&settings, &mut findings);
        }
        let diff_ids = check_rootfs(&place, &mut findings);
        if let Some(history) = place.get("history") {
            check_history(&history, diff_ids, &mut findings);
        }
    }
    findings
}

/// What is wrong between a config and the manifest that names it.
pub fn config_of_manifest(config: &Value, manifest: &Value) -> Findings {
    let count = |value: &Value| value.as_array().map_or(0, Vec::len);
    let (diff_ids, layers) = (
        count(&config["rootfs"]["diff_ids"]),
        count(&manifest["layers"]),
    );
    if diff_ids == layers {
        return Findings::new();
    }
    vec![format!("rootfs.diff_ids: {diff_ids} for {layers} layers")]
}

fn check_created_and_author(place: &Place, findings: &mut Findings) {
    if let Some(created) = place.get("created") {
        created.matches(is_date_time, "a date and time of RFC 3339", findings);
    }
    if let Some(author) = place.get("author") {
        author.string(findings);
    }
}

fn check_settings(place: &Place, findings: &mut Findings) {
    if place.object(findings).is_none() {
        return;
    }
    if let Some(user) = place.get("User") {
        user.string(findings);
    }
    if let Some(folder) = place.get("WorkingDir")
        && let Some(path) = folder.string(findings)
        && !path.starts_with('/')
    {
        folder.say(findings, format!("`{path}` is not an absolute path"));
    }
    if let Some(signal) = place.get("StopSignal") {
        signal.matches(is_signal, "a signal", findings);
    }
    if let Some(escaped) = place.get("ArgsEscaped")
        && !escaped.value.is_boolean()
    {
        escaped.say(findings, "is not a boolean");
    }
    if let Some(variables) = place.get("Env") {
        for variable in variables.items(findings) {
            variable.matches(is_variable, "NAME=value", findings);
        }
    }
    for name in ["Entrypoint", "Cmd"] {
        if let Some(words) = place.get(name).filter(|words| !words.value.is_null()) {
            words.strings(findings);
        }
    }
    if let Some(ports) = place.get("ExposedPorts") {
        for port in check_set(&ports, findings) {
            if !is_exposed_port(port) {
                ports.say(findings, format!("`{port}` is not a port"));
            }
        }
    }
    if let Some(volumes) = place
        .get("Volumes")
        .filter(|volumes| !volumes.value.is_null())
    {
        check_set(&volumes, findings);
    }
    if let Some(labels) = place.get("Labels").filter(|labels| !labels.value.is_null()) {
        check_map_of_strings(&labels, findings);
    }
}

/// A set, written as an object whose values are empty objects.
fn check_set<'a>(place: &Place<'a>, findings: &mut Findings) -> Vec<&'a str> {
    let Some(members) = place.object(findings) else {
        return Vec::new();
    };
    for (name, value) in members {
        if value.as_object().is_none_or(|value| !value.is_empty()) {
            place.say(findings, format!("`{name}` does not hold an empty object"));
        }
    }
    members.keys().map(String::as_str).collect()
}

/// Gives the number of diff IDs.
fn check_rootfs(place: &Place, findings: &mut Findings) -> usize {
    let Some(rootfs) = place.need("rootfs", findings) else {
        return 0;
    };
    if rootfs.object(findings).is_none() {
        return 0;
    }
    if let Some(kind) = rootfs.need("type", findings) {
        kind.equals("layers", findings);
    }
    let Some(diff_ids) = rootfs.need("diff_ids", findings) else {
        return 0;
    };
    let items = diff_ids.items(findings);
    for diff_id in &items {
        diff_id.matches(is_digest, "a digest", findings);
    }
    items.len()
}

fn check_history(place: &Place, diff_ids: usize, findings: &mut Findings) {
    let mut with_layer = 0;
    for step in place.items(findings) {
        if step.object(findings).is_none() {
            continue;
        }
        check_created_and_author(&step, findings);
        for name in ["created_by", "comment"] {
            if let Some(text) = step.get(name) {
                text.string(findings);
            }
        }
        let empty = step.get("empty_layer");
        if let Some(empty) = empty.as_ref().filter(|empty| !empty.value.is_boolean()) {
            empty.say(findings, "is not a boolean");
        }
        if empty.is_none_or(|empty| empty.value != &Value::Bool(true)) {
            with_layer += 1;
        }
    }
    if with_layer != diff_ids {
        place.say(
            findings,
            format!("{with_layer} steps with a layer for {diff_ids} diff IDs"),
        );
    }
}
