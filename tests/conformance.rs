//! What muslin writes is what the OCI image specification describes, and what
//! the tools that people have take.

mod harness;
mod oci_schema;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use harness::{Architecture, Engine, Layout, Muslin, Scratch, arm64, tool};

const PLATFORMS: [(&str, Architecture); 2] = [
    ("amd64", Architecture::Amd64),
    ("arm64", Architecture::Arm64),
];

/// Packs an executable for each platform, each of more than one compressed
/// piece, to `destination` with the tag `v1`.
fn pack(scratch: &Scratch, architectures: &[&str], destination: &str, options: &[&str]) {
    let mut muslin = Muslin::new().folder(scratch.path()).arg("pack");
    for (name, architecture) in PLATFORMS {
        if architectures.contains(&name) {
            let path = format!("{name}/app");
            let message = format!("hello from {name}\n");
            architecture.write(scratch, &path, &message, 3 << 20);
            muslin = muslin.args(["--executable".to_owned(), format!("linux/{name}={path}")]);
        }
    }
    muslin
        .args(["--tag", "v1", "--to", destination])
        .args(options.iter().copied())
        .run();
}

const BOTH: [&str; 2] = ["amd64", "arm64"];

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
    assert!(judged.is_err());
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

#[test]
fn skopeo_reads_the_index_and_copies_each_platform() {
    let Some(mut skopeo) = tool("skopeo") else {
        return;
    };
    let scratch = Scratch::new();
    pack(&scratch, &BOTH, "oci:image", &[]);
    let output = skopeo
        .current_dir(scratch.path())
        .args(["inspect", "--raw", "oci:image:v1"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    let layout = Layout::open(scratch.join("image"));
    assert_eq!(seen, layout.image_index("v1"));

    for architecture in BOTH {
        let archive = format!("docker-archive:{architecture}.tar:app:v1");
        skopeo_copy(
            &scratch,
            &["--override-arch", architecture],
            "oci:image:v1",
            &archive,
        );
        let mut inspect = tool("skopeo").unwrap();
        let output = inspect
            .current_dir(scratch.path())
            .args([
                "inspect",
                "--config",
                &format!("docker-archive:{architecture}.tar"),
            ])
            .output()
            .unwrap();
        let config: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(config["architecture"], architecture);
        assert_eq!(
            config["rootfs"],
            layout.config("v1", architecture)["rootfs"]
        );
    }
}

#[track_caller]
fn skopeo_copy(scratch: &Scratch, options: &[&str], from: &str, to: &str) {
    let output = tool("skopeo")
        .unwrap()
        .current_dir(scratch.path())
        .args(["copy", "--quiet", "--insecure-policy"])
        .args(options)
        .args([from, to])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn skopeo_copies_all_platforms_of_an_archive() {
    if tool("skopeo").is_none() {
        return;
    }
    let scratch = Scratch::new();
    pack(&scratch, &BOTH, "oci-archive:image.tar", &[]);
    skopeo_copy(
        &scratch,
        &["--all"],
        "oci-archive:image.tar:v1",
        "oci:copy:v1",
    );
    pack(&scratch, &BOTH, "oci:image", &[]);
    let [copy, image] = ["copy", "image"].map(|name| Layout::open(scratch.join(name)));
    assert_eq!(copy.image_index("v1"), image.image_index("v1"));
}

#[test]
fn umoci_unpacks_each_platform() {
    if tool("umoci").is_none() || tool("skopeo").is_none() {
        return;
    }
    let scratch = Scratch::new();
    pack(&scratch, &BOTH, "oci:image", &[]);
    for architecture in BOTH {
        // umoci takes layouts of a single platform only.
        let single = format!("oci:{architecture}-image:v1");
        skopeo_copy(
            &scratch,
            &["--override-arch", architecture],
            "oci:image:v1",
            &single,
        );
        assert_unpacks(&scratch, architecture);
    }
}

#[test]
fn umoci_unpacks_what_muslin_writes_for_one_platform() {
    if tool("umoci").is_none() {
        return;
    }
    let scratch = Scratch::new();
    pack(
        &scratch,
        &["amd64"],
        "oci:amd64-image",
        &["--platform", "linux/amd64"],
    );
    assert_unpacks(&scratch, "amd64");
}

#[track_caller]
fn assert_unpacks(scratch: &Scratch, architecture: &str) {
    use std::os::unix::fs::PermissionsExt as _;

    let bundle = format!("{architecture}-bundle");
    let output = tool("umoci")
        .unwrap()
        .current_dir(scratch.path())
        .args([
            "unpack",
            "--rootless",
            "--image",
            &format!("{architecture}-image:v1"),
            &bundle,
        ])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let root = scratch.join(bundle).join("rootfs");
    let tmp = fs::metadata(root.join("tmp")).unwrap();
    assert_eq!(tmp.permissions().mode() & 0o7777, 0o1777);
    let [packed, given] = [
        root.join("usr/local/bin/app"),
        scratch.join(architecture).join("app"),
    ]
    .map(|path| fs::read(path).unwrap());
    assert!(packed == given, "the executable is another");
}

#[test]
fn docker_loads_and_runs_an_archive() {
    let Some(engine) = Engine::get() else { return };
    let scratch = Scratch::new();
    let options = ["--platform", "linux/amd64", "--label", "a=b"];
    pack(&scratch, &["amd64"], "docker-archive:image.tar", &options);
    assert_loads_and_runs(&engine, &scratch.join("image.tar"));
}

#[test]
fn podman_loads_and_runs_an_archive() {
    let Some(engine) = Engine::podman() else {
        return;
    };
    let scratch = Scratch::new();
    let options = ["--platform", "linux/amd64", "--label", "a=b"];
    pack(&scratch, &["amd64"], "docker-archive:image.tar", &options);
    assert_loads_and_runs(&engine, &scratch.join("image.tar"));
}

#[track_caller]
fn assert_loads_and_runs(engine: &Engine, archive: &Path) {
    let said = engine.load(archive);
    let name = said.trim().rsplit(": ").next().unwrap();
    let finished = engine.run(&["--read-only"], name, &[]);
    assert_eq!(finished.stdout, "hello from amd64\n", "{finished:?}");
    assert_eq!(finished.status, Some(0));
    let output = engine
        .command()
        .args(["image", "inspect", name])
        .output()
        .unwrap();
    let images: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(images[0]["Config"]["User"], "65532:65532");
    assert_eq!(images[0]["Config"]["Labels"]["a"], "b");
    assert_eq!(images[0]["Architecture"], "amd64");
}
