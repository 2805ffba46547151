//! Container tools that people have take what muslin writes: skopeo, umoci, Docker, podman.

mod harness;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;

use harness::{BOTH, Engine, Layout, Scratch, pack, succeed, tool};

#[test]
fn skopeo_reads_the_index_and_copies_each_platform() {
    let Some(mut skopeo) = tool("skopeo") else {
        return;
    };
    let scratch = Scratch::new();
    pack(&scratch, &BOTH, "oci:image", &[]);
    let stdout =
        succeed(
            skopeo
                .current_dir(scratch.path())
                .args(["inspect", "--raw", "oci:image:v1"]),
        );
    let seen: Value = serde_json::from_slice(&stdout).unwrap();
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
    succeed(
        tool("skopeo")
            .unwrap()
            .current_dir(scratch.path())
            .args(["copy", "--quiet", "--insecure-policy"])
            .args(options)
            .args([from, to]),
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
    let bundle = format!("{architecture}-bundle");
    succeed(tool("umoci").unwrap().current_dir(scratch.path()).args([
        "unpack",
        "--rootless",
        "--image",
        &format!("{architecture}-image:v1"),
        &bundle,
    ]));
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
fn podman_loads_and_runs_archives_of_both_formats() {
    let Some(engine) = Engine::podman() else {
        return;
    };
    let scratch = Scratch::new();
    let labels = ["--label", "a=b"];
    let one = ["--platform", "linux/amd64", "--label", "a=b"];
    pack(&scratch, &["amd64"], "docker-archive:docker.tar", &one);
    assert_loads_and_runs(&engine, &scratch.join("docker.tar"));
    // Of its two platforms, podman takes that of this machine.
    pack(&scratch, &BOTH, "oci-archive:oci.tar", &labels);
    assert_loads_and_runs(&engine, &scratch.join("oci.tar"));
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
