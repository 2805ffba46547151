//! Pushing to a registry and reading from one, with Debian's docker-registry, with skopeo as the
//! other client, and with a proxy between that does harm.

mod harness;

#[path = "registry/copying.rs"]
mod copying;
#[path = "registry/faults.rs"]
mod faults;
#[path = "registry/leading.rs"]
mod leading;
#[path = "registry/login.rs"]
mod login;
#[path = "registry/pushing.rs"]
mod pushing;
#[path = "registry/reading.rs"]
mod reading;

use std::fs;
use std::path::Path;

use serde_json::Value;

use harness::{BOTH, Layout, Muslin, Output, Scratch, pack};

/// An image for both platforms in `oci:image:v1`, of which each executable has 3 MiB.
fn packed() -> Scratch {
    let scratch = Scratch::new();
    pack(&scratch, &BOTH, "oci:image:v1", &[]);
    scratch
}

/// `muslin copy` in a folder.
fn copy(scratch: &Scratch, from: &str, to: &str) -> Muslin {
    Muslin::new()
        .folder(scratch.path())
        .args(["copy", from, to])
}

/// The digest that the layout `image` has for the tag `v1`.
fn digest_of(scratch: &Scratch, layout: &str, tag: &str) -> String {
    let index = Layout::open(scratch.join(layout)).document("index.json");
    let entries = index["manifests"].as_array().unwrap();
    let entry = entries
        .iter()
        .find(|entry| entry["annotations"]["org.opencontainers.image.ref.name"] == tag);
    entry.unwrap()["digest"].as_str().unwrap().to_owned()
}

/// How many blobs, and of which digests, two layouts have in common and apart.
#[track_caller]
fn assert_same_blobs(scratch: &Scratch, one: &str, two: &str) {
    let names = |layout: &str| {
        let folder = scratch.join(layout).join("blobs/sha256");
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(one), names(two));
}

/// The report of a command with `--json`.
fn report(output: &Output) -> Value {
    serde_json::from_str(&output.stdout).unwrap()
}

/// Writes Docker's file with a login for a host; gives its folder.
fn docker_config(scratch: &Scratch, host: &str, user_and_password: &str) -> std::path::PathBuf {
    use base64::Engine as _;
    let auth = base64::engine::general_purpose::STANDARD.encode(user_and_password);
    let config = format!("{{\"auths\": {{\"{host}\": {{\"auth\": \"{auth}\"}}}}}}");
    let path = scratch.write("docker/config.json", config);
    Path::parent(&path).unwrap().to_owned()
}
