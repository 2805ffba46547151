//! Workflow and action files as JSON, read with Debian's python3-yaml.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::harness::skip;

/// All scalars are strings, because the other loaders read `on` as a boolean.
const TO_JSON: &str =
    "import json, sys, yaml; json.dump(yaml.load(sys.stdin, yaml.BaseLoader), sys.stdout)";

/// Whether files can be read here; if not, the test is skipped by name.
pub fn can_be_read() -> bool {
    let found = Command::new("/usr/bin/python3")
        .args(["-c", "import yaml"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        skip("`python3-yaml` is not installed");
    }
    found
}

pub fn read(path: &Path) -> Value {
    let output = Command::new("/usr/bin/python3")
        .args(["-c", TO_JSON])
        .stdin(std::fs::File::open(path).unwrap())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}: {}",
        path.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A text of a document, empty if it is not there.
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The entries of a mapping; none if there is no such mapping.
pub fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The inputs that a caller gave, with the defaults of those that it left out. Inputs of the
/// type boolean are booleans.
///
/// # Panics
///
/// If an input is not declared, or one that is required is missing.
pub fn inputs(declared: &Value, given: &Value) -> Value {
    for (name, _) in entries(given) {
        assert!(declared.get(name).is_some(), "no input is named `{name}`");
    }
    let value = |name: &str, input: &Value| {
        let value = given.get(name).unwrap_or(&input["default"]).clone();
        let is_required = text(input, "required") == "true";
        assert!(!is_required || !value.is_null(), "`{name}` is required");
        match (text(input, "type"), value.as_str()) {
            ("boolean", Some(value)) => Value::Bool(value == "true"),
            ("boolean", None) if value.is_null() => Value::Bool(false),
            _ => value,
        }
    };
    entries(declared)
        .map(|(name, input)| (name.clone(), value(name, input)))
        .collect()
}
