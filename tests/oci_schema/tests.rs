//! Valid documents pass; each broken constraint is found.

use serde_json::{Value, json};

use super::place::Findings;
use super::{
    config, config_of_manifest, descriptor, image_index, layout_index, layout_marker, manifest,
};

const DIGEST: &str = "sha256:5b0bcabd1ed22e9fb1310cf6c2dec7cdef19f0ad69efa1f392e94a4333501270";

fn a_descriptor(media_type: &str) -> Value {
    json!({ "mediaType": media_type, "digest": DIGEST, "size": 12 })
}

fn a_manifest() -> Value {
    json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": a_descriptor("application/vnd.oci.image.config.v1+json"),
        "layers": [
            a_descriptor("application/vnd.oci.image.layer.v1.tar+gzip"),
            a_descriptor("application/vnd.oci.image.layer.v1.tar+zstd"),
        ],
        "annotations": { "org.opencontainers.image.created": "2024-02-29T23:59:60.5+01:00" },
    })
}

fn an_index() -> Value {
    let entry = |architecture: &str| {
        let mut entry = a_descriptor("application/vnd.oci.image.manifest.v1+json");
        entry["platform"] = json!({ "os": "linux", "architecture": architecture });
        entry
    };
    json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [entry("amd64"), entry("arm64")],
    })
}

fn a_layout_index() -> Value {
    let mut entry = a_descriptor("application/vnd.oci.image.index.v1+json");
    entry["annotations"] = json!({ "org.opencontainers.image.ref.name": "v1.0--rc/latest" });
    json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [entry],
    })
}

fn a_config() -> Value {
    json!({
        "created": "1970-01-01T00:00:00Z",
        "os": "linux",
        "architecture": "arm64",
        "variant": "v8",
        "config": {
            "User": "65532:65532",
            "Env": ["PATH=/usr/local/bin", "EMPTY="],
            "Entrypoint": ["/usr/local/bin/a"],
            "Cmd": null,
            "ExposedPorts": { "8080/tcp": {} },
            "Volumes": { "/data": {} },
            "Labels": { "org.opencontainers.image.version": "1.0.0", "other": "" },
            "WorkingDir": "/",
            "StopSignal": "SIGRTMIN+3",
        },
        "rootfs": { "type": "layers", "diff_ids": [DIGEST, DIGEST] },
        "history": [{ "created_by": "a" }, { "empty_layer": true }, { "comment": "b" }],
    })
}

/// Breaks a valid document at a JSON pointer, each time in one way, and asks
/// for a finding. `null` stands for leaving the member out.
#[track_caller]
fn each_is_found(judge: fn(&Value) -> Findings, valid: &Value, broken: &[(&str, Value)]) {
    assert_eq!(judge(valid), Findings::new());
    for (pointer, value) in broken {
        let mut document = valid.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = document.pointer_mut(parent).unwrap();
        match (parent, value) {
            (Value::Object(members), Value::Null) => drop(members.remove(name).unwrap()),
            (Value::Object(members), value) => drop(members.insert(name.to_owned(), value.clone())),
            (Value::Array(items), value) => items[name.parse::<usize>().unwrap()] = value.clone(),
            (other, _) => panic!("{other} has no members"),
        }
        let found = judge(&document);
        assert_ne!(found, Findings::new(), "`{pointer}` as `{value}` passes");
    }
}

#[test]
fn a_descriptor_with_one_fault_is_refused() {
    let mut valid = a_descriptor("application/vnd.oci.image.manifest.v1+json");
    valid["urls"] = json!(["https://example.com/a"]);
    valid["artifactType"] = json!("application/vnd.example+json");
    valid["data"] = json!("aGVsbG8gd29ybGQh");
    valid["annotations"] = json!({ "com.example": "" });
    each_is_found(
        descriptor,
        &valid,
        &[
            ("/mediaType", json!(null)),
            ("/mediaType", json!(7)),
            ("/mediaType", json!("application")),
            ("/mediaType", json!("application/")),
            ("/mediaType", json!("application/a b")),
            ("/mediaType", json!("-application/a")),
            (
                "/mediaType",
                json!(format!("application/{}", "a".repeat(128))),
            ),
            ("/digest", json!(null)),
            ("/digest", json!("5b0bcabd")),
            ("/digest", json!("sha256:5b0bcabd")),
            (
                "/digest",
                json!(DIGEST.to_uppercase().replace("SHA", "sha")),
            ),
            ("/digest", json!(format!("sha512:{}", "a".repeat(64)))),
            ("/digest", json!("SHA1:abc")),
            ("/digest", json!("md5+:abc")),
            ("/digest", json!("md5:")),
            ("/size", json!(null)),
            ("/size", json!(-1)),
            ("/size", json!(1.5)),
            ("/size", json!("12")),
            ("/size", json!(9_223_372_036_854_775_808_u64)),
            ("/size", json!(13)),
            ("/urls", json!("https://example.com/a")),
            ("/urls/0", json!("no scheme")),
            ("/data", json!("~")),
            ("/data", json!("aGVsbG8=")),
            ("/artifactType", json!("x")),
            ("/annotations", json!(["a"])),
            ("/annotations/com.example", json!(1)),
            ("/annotations/", json!("empty name")),
            ("/annotations/org.opencontainers.image.unknown", json!("a")),
            (
                "/annotations/org.opencontainers.image.created",
                json!("today"),
            ),
            (
                "/annotations/org.opencontainers.image.base.digest",
                json!("x"),
            ),
        ],
    );
    let unregistered = "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8";
    let other = json!({ "mediaType": "a/b", "digest": unregistered, "size": 0 });
    assert_eq!(descriptor(&other), Findings::new());
    assert_eq!(descriptor(&json!("text")), ["document: is not an object"]);
}

#[test]
fn a_manifest_with_one_fault_is_refused() {
    each_is_found(
        manifest,
        &a_manifest(),
        &[
            ("/schemaVersion", json!(null)),
            ("/schemaVersion", json!(1)),
            ("/schemaVersion", json!("2")),
            ("/mediaType", json!(null)),
            (
                "/mediaType",
                json!("application/vnd.oci.image.index.v1+json"),
            ),
            ("/config", json!(null)),
            ("/config/digest", json!("x")),
            (
                "/config/mediaType",
                json!("application/vnd.oci.empty.v1+json"),
            ),
            ("/layers", json!(null)),
            ("/layers", json!([])),
            ("/layers", json!({})),
            ("/layers/1/size", json!(null)),
            ("/layers/0/mediaType", json!("application/octet-stream")),
            ("/subject", json!({ "mediaType": "a/b", "digest": DIGEST })),
            ("/artifactType", json!("x")),
            (
                "/annotations/org.opencontainers.image.created",
                json!("2023-02-29T00:00:00Z"),
            ),
        ],
    );
}

#[test]
fn an_index_with_one_fault_is_refused() {
    let named = json!({ "org.opencontainers.image.ref.name": "latest" });
    each_is_found(
        image_index,
        &an_index(),
        &[
            ("/schemaVersion", json!(3)),
            ("/mediaType", json!(null)),
            ("/manifests", json!(null)),
            ("/manifests", json!("none")),
            ("/manifests/0/digest", json!(null)),
            (
                "/manifests/0/mediaType",
                json!("application/vnd.oci.image.config.v1+json"),
            ),
            ("/manifests/0/platform", json!(null)),
            ("/manifests/0/platform", json!("linux/amd64")),
            ("/manifests/0/platform/os", json!(null)),
            ("/manifests/0/platform/os", json!("unknown")),
            ("/manifests/0/platform/architecture", json!(null)),
            ("/manifests/0/platform/architecture", json!("x86_64")),
            ("/manifests/0/platform/variant", json!(8)),
            ("/manifests/0/platform/os.version", json!(8)),
            ("/manifests/0/platform/os.features", json!([1])),
            ("/manifests/1/platform/architecture", json!("amd64")),
            ("/manifests/0/annotations", named),
        ],
    );
}

#[test]
fn an_index_of_a_layout_with_one_fault_is_refused() {
    let name = "/manifests/0/annotations/org.opencontainers.image.ref.name";
    each_is_found(
        layout_index,
        &a_layout_index(),
        &[
            (name, json!("")),
            (name, json!("two words")),
            (name, json!("a..b")),
            (name, json!("-a")),
            (name, json!("a/")),
            (
                "/manifests/0/mediaType",
                json!("application/vnd.oci.image.manifest.v1+json"),
            ),
        ],
    );
    let mut twice = a_layout_index();
    let entry = twice["manifests"][0].clone();
    twice["manifests"].as_array_mut().unwrap().push(entry);
    assert_eq!(
        layout_index(&twice),
        ["manifests[1]: `v1.0--rc/latest` is named twice"]
    );
}

#[test]
fn a_config_with_one_fault_is_refused() {
    each_is_found(
        config,
        &a_config(),
        &[
            ("/created", json!("1970-01-01")),
            ("/created", json!("1970-01-01T24:00:00Z")),
            ("/created", json!("1970-13-01T00:00:00Z")),
            ("/created", json!("1970-01-01T00:00:00")),
            ("/created", json!("1970-01-01T00:00:00.Z")),
            ("/created", json!("1970-01-01T00:00:00+0100")),
            ("/created", json!(0)),
            ("/author", json!(1)),
            ("/os", json!(null)),
            ("/architecture", json!("aarch64")),
            ("/variant", json!(8)),
            ("/config", json!([])),
            ("/config/User", json!(65532)),
            ("/config/WorkingDir", json!("relative")),
            ("/config/StopSignal", json!("TERM")),
            ("/config/ArgsEscaped", json!("yes")),
            ("/config/Env", json!("A=b")),
            ("/config/Env/0", json!("A")),
            ("/config/Env/0", json!("=b")),
            ("/config/Entrypoint", json!("/a")),
            ("/config/Entrypoint/0", json!(1)),
            ("/config/Cmd", json!("a")),
            ("/config/ExposedPorts", json!(["8080"])),
            ("/config/ExposedPorts/8080~1tcp", json!(true)),
            ("/config/ExposedPorts", json!({ "http": {} })),
            ("/config/ExposedPorts", json!({ "70000/tcp": {} })),
            ("/config/ExposedPorts", json!({ "80/icmp": {} })),
            ("/config/Volumes", json!({ "/data": null })),
            ("/config/Labels", json!({ "a": 1 })),
            ("/config/Labels", json!(["a=b"])),
            ("/rootfs", json!(null)),
            ("/rootfs/type", json!(null)),
            ("/rootfs/type", json!("tar")),
            ("/rootfs/diff_ids/0", json!("sha256:1")),
            ("/history/0", json!("a step")),
            ("/history/0/created", json!("now")),
            ("/history/0/created_by", json!(1)),
            ("/history/1/empty_layer", json!(false)),
            ("/history/1/empty_layer", json!(null)),
        ],
    );
}

#[test]
fn history_may_be_left_out() {
    let mut without = a_config();
    without.as_object_mut().unwrap().remove("history");
    assert_eq!(config(&without), Findings::new());
}

#[test]
fn a_config_with_fewer_diff_ids_than_layers_is_refused() {
    assert_eq!(
        config_of_manifest(&a_config(), &a_manifest()),
        Findings::new()
    );
    let mut short = a_config();
    short["rootfs"]["diff_ids"] = json!([DIGEST]);
    assert_eq!(
        config_of_manifest(&short, &a_manifest()),
        ["rootfs.diff_ids: 1 for 2 layers"]
    );
}

#[test]
fn a_layout_marker_of_another_version_is_refused() {
    let valid = json!({ "imageLayoutVersion": "1.0.0" });
    each_is_found(
        layout_marker,
        &valid,
        &[
            ("/imageLayoutVersion", json!(null)),
            ("/imageLayoutVersion", json!("1.1.0")),
            ("/imageLayoutVersion", json!(1)),
        ],
    );
}
