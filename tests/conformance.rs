//! What muslin writes is what the OCI image specification describes.

mod harness;
mod oci_schema;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use harness::{Architecture, BOTH, Layout, Scratch, arm64, pack};

fn digest_of(bytes: &[u8]) -> String {
    let hex: Vec<String> = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{}", hex.concat())
}

/// Judges every document and every blob of a layout.
#[track_caller]
fn assert_conforms(folder: &Path) {
    let layout = Layout::open(folder);
    let valid = |findings: Vec<String>, value: &Value| {
        assert!(findings.is_empty(), "{findings:#?} in {value:#}");
    };
    let marker = layout.document("oci-layout");
    valid(oci_schema::layout_marker(&marker), &marker);
    let top = layout.document("index.json");
    valid(oci_schema::layout_index(&top), &top);

    let mut named = Vec::new();
    let mut follow = |descriptor: &Value| {
        let path = layout.blob_path(descriptor["digest"].as_str().unwrap());
        let size = fs::metadata(&path).unwrap().len();
        assert_eq!(
            descriptor["size"],
            json!(size),
            "size of {}",
            path.display()
        );
        let digest = digest_of(&fs::read(&path).unwrap());
        assert_eq!(
            descriptor["digest"],
            json!(digest),
            "content of {}",
            path.display()
        );
        named.push(path);
    };
    for entry in top["manifests"].as_array().unwrap() {
        follow(entry);
        let index = layout.json(entry);
        valid(oci_schema::image_index(&index), &index);
        for entry in index["manifests"].as_array().unwrap() {
            follow(entry);
            let manifest = layout.json(entry);
            valid(oci_schema::manifest(&manifest), &manifest);
            follow(&manifest["config"]);
            let config = layout.json(&manifest["config"]);
            valid(oci_schema::config(&config), &config);
            valid(oci_schema::config_of_manifest(&config, &manifest), &config);
            for field in ["os", "architecture"] {
                assert_eq!(entry["platform"][field], config[field]);
            }
            let layers = manifest["layers"].as_array().unwrap();
            for (layer, diff_id) in layers
                .iter()
                .zip(config["rootfs"]["diff_ids"].as_array().unwrap())
            {
                follow(layer);
                let tar = layout.layer_tar(layer);
                assert_eq!(*diff_id, json!(digest_of(&tar)), "a diff ID");
            }
        }
    }
    named.sort();
    named.dedup();
    let mut there: Vec<PathBuf> = fs::read_dir(layout.folder().join("blobs/sha256"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    there.sort();
    assert_eq!(there, named, "blobs that nothing names");
}

#[test]
fn executables_made_by_hand_run() {
    let scratch = Scratch::new();
    let amd64 = Architecture::Amd64.write(&scratch, "amd64", "hello\n", 5000);
    let output = Command::new(amd64).output().unwrap();
    assert_eq!(
        (output.status.code(), output.stdout.as_slice()),
        (Some(0), &b"hello\n"[..])
    );
    let path = Architecture::Arm64.write(&scratch, "arm64", "hello\n", 5000);
    let Some(mut command) = arm64(&path) else {
        return;
    };
    let output = command.output().unwrap();
    assert_eq!(
        (output.status.code(), output.stdout.as_slice()),
        (Some(0), &b"hello\n"[..])
    );
}

#[test]
fn every_document_and_blob_of_a_layout_conforms() {
    let scratch = Scratch::new();
    let options = [
        "--label",
        "a=b",
        "--annotation",
        "team=infra",
        "--created",
        "1700000000",
    ];
    pack(&scratch, &BOTH, "oci:image", &options);
    assert_conforms(&scratch.join("image"));
}

#[test]
fn a_layout_of_zstd_layers_conforms() {
    let scratch = Scratch::new();
    pack(&scratch, &BOTH, "oci:image", &["--compression", "zstd"]);
    assert_conforms(&scratch.join("image"));
    let manifest = Layout::open(scratch.join("image")).manifest("v1", "arm64");
    assert_eq!(
        manifest["layers"][1]["mediaType"],
        "application/vnd.oci.image.layer.v1.tar+zstd"
    );
}

#[test]
fn a_layout_of_one_platform_conforms() {
    let scratch = Scratch::new();
    pack(
        &scratch,
        &["arm64"],
        "oci:image",
        &["--platform", "linux/arm64"],
    );
    assert_conforms(&scratch.join("image"));
}

#[test]
fn a_layout_in_an_archive_conforms() {
    let scratch = Scratch::new();
    pack(&scratch, &BOTH, "oci-archive:image.tar", &[]);
    let archive = File::open(scratch.join("image.tar")).unwrap();
    tar::Archive::new(archive)
        .unpack(scratch.folder("image"))
        .unwrap();
    assert_conforms(&scratch.join("image"));
}

#[test]
fn a_fault_in_a_layout_is_found() {
    let scratch = Scratch::new();
    pack(&scratch, &BOTH, "oci:image", &[]);
    let layout = Layout::open(scratch.join("image"));
    let manifest = layout.manifest("v1", "amd64");
    let layer = layout.blob_path(manifest["layers"][0]["digest"].as_str().unwrap());
    let mut bytes = fs::read(&layer).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::remove_file(&layer).unwrap();
    fs::write(&layer, bytes).unwrap();
    let judged = std::panic::catch_unwind(|| assert_conforms(&scratch.join("image")));
    let judged = judged.unwrap_err();
    let judged = judged.downcast_ref::<String>().unwrap();
    assert!(
        judged.contains(&format!("content of {}", layer.display())),
        "{judged}"
    );
}

#[test]
fn the_base_layer_has_tmp_for_everyone_users_and_certificates() {
    let scratch = Scratch::new();
    pack(&scratch, &BOTH, "oci:image", &[]);
    let layout = Layout::open(scratch.join("image"));
    for architecture in BOTH {
        let layers = layout.layers("v1", architecture);
        let base = &layers[0];
        assert_eq!((base["tmp"].mode, base["tmp"].is_folder), (0o1777, true));
        let passwd = String::from_utf8(base["etc/passwd"].content.clone()).unwrap();
        assert!(passwd.contains("nonroot:x:65532:65532:"), "{passwd}");
        let bundle = &base["etc/ssl/certs/ca-certificates.crt"];
        let certificates = String::from_utf8(bundle.content.clone()).unwrap();
        assert!(certificates.matches("-----BEGIN CERTIFICATE-----").count() > 100);
        let executable = &layers[1]["usr/local/bin/app"];
        assert_eq!(
            (executable.mode, executable.content.len() > 3 << 20),
            (0o755, true)
        );
        for entry in layers.iter().flat_map(|layer| layer.values()) {
            assert_eq!((entry.uid, entry.gid), (0, 0));
        }
        let config = layout.config("v1", architecture);
        assert_eq!(config["config"]["User"], "65532:65532");
        assert_eq!(
            config["config"]["Entrypoint"],
            json!(["/usr/local/bin/app"])
        );
    }
}
