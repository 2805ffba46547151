//! Copies between any two places keep their digests.

use serde_json::Value;

use crate::harness::faulty_proxy::{Fault, FaultyProxy, Seen};
use crate::harness::registry::Registry;
use crate::harness::{BOTH, Muslin, Scratch, pack, succeed, tool};
use crate::{assert_same_blobs, copy, digest_of, packed, report};

#[test]
fn what_was_pushed_comes_back_with_the_same_bytes() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let scratch = packed();
    let digest = digest_of(&scratch, "image", "v1");
    let there = format!("docker://{}/app:v1", registry.host());
    copy(&scratch, "oci:image:v1", &there).run();
    copy(&scratch, &there, "oci:back").run();
    assert_eq!(digest_of(&scratch, "back", "v1"), digest);
    assert_same_blobs(&scratch, "image", "back");
    copy(&scratch, &there, "oci-archive:back.tar").run();
    copy(&scratch, "oci-archive:back.tar", "oci:again:v2").run();
    assert_eq!(digest_of(&scratch, "again", "v2"), digest);
    let pinned = format!("docker://{}/app@{digest}", registry.host());
    copy(&scratch, &pinned, "oci:pinned:x").run();
    assert_eq!(digest_of(&scratch, "pinned", "x"), digest);
}

#[test]
fn what_skopeo_pushed_keeps_its_digest_with_and_without_an_index() {
    let (Some(registry), Some(_)) = (Registry::start(), tool("skopeo")) else {
        return;
    };
    let scratch = packed();
    let push = |options: &[&str], to: &str| {
        succeed(
            tool("skopeo")
                .unwrap()
                .current_dir(scratch.path())
                .args([
                    "copy",
                    "--quiet",
                    "--insecure-policy",
                    "--dest-tls-verify=false",
                ])
                .args(options)
                .args(["oci:image:v1", to]),
        );
    };
    let all = format!("docker://{}/all:x", registry.host());
    push(&["--all"], &all);
    copy(&scratch, &all, "oci:all").run();
    assert_eq!(
        digest_of(&scratch, "all", "x"),
        digest_of(&scratch, "image", "v1")
    );

    // A manifest without an index, of the OCI and of Docker.
    for format in ["oci", "v2s2"] {
        let name = format!("single-{format}");
        let one = format!("docker://{}/{name}:x", registry.host());
        push(&["--override-arch", "arm64", "--format", format], &one);
        let (digest, _) = registry.manifest(&name, "x").unwrap();
        copy(&scratch, &one, &format!("oci:{name}")).run();
        assert_eq!(digest_of(&scratch, &name, "x"), digest, "{format}");
        let other = format!("docker://{}/copy-of-{name}:y", registry.host());
        copy(&scratch, &format!("oci:{name}:x"), &other).run();
        assert_eq!(
            registry
                .manifest(&format!("copy-of-{name}"), "y")
                .unwrap()
                .0,
            digest
        );
    }
}

#[test]
fn a_copy_within_a_registry_uploads_no_blob() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let proxy = FaultyProxy::start(&registry.host(), |_| Fault::None);
    let scratch = packed();
    let from = format!("docker://{}/one/app:v1", proxy.host());
    let to = format!("docker://{}/two/app", proxy.host());
    copy(&scratch, "oci:image:v1", &from).run();
    proxy.forget();
    copy(&scratch, &from, &to).run();
    assert_eq!(proxy.count(Seen::is_upload), 0, "{:#?}", proxy.seen());
    assert_eq!(registry.tags("two/app"), ["v1"]);
    registry.assert_tags_are_whole("two/app");
}

#[test]
fn chosen_platforms_keep_their_manifests() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let scratch = packed();
    let there = format!("docker://{}/app:v1", registry.host());
    copy(&scratch, "oci:image:v1", &there).run();
    let (_, whole) = registry.manifest("app", "v1").unwrap();
    let one = format!("docker://{}/arm:v1", registry.host());
    let output = copy(&scratch, &there, &one)
        .args(["--platform", "linux/arm64", "--json"])
        .run();
    assert_eq!(
        report(&output)["platforms"],
        serde_json::json!(["linux/arm64"])
    );
    let (_, chosen) = registry.manifest("arm", "v1").unwrap();
    let arm64 = |index: &Value| {
        let mut entries = index["manifests"].as_array().unwrap().clone();
        entries.retain(|entry| entry["platform"]["architecture"] == "arm64");
        entries
    };
    assert_eq!(chosen["manifests"].as_array().unwrap().len(), 1);
    assert_eq!(arm64(&chosen), arm64(&whole));
    let said = copy(&scratch, &there, &one)
        .args(["--platform", "linux/s390x"])
        .status(2)
        .run();
    assert!(
        said.stderr
            .contains("has no image for `linux/s390x`; it has `linux/amd64`, `linux/arm64`"),
        "{}",
        said.stderr
    );
}

#[test]
fn an_archive_of_docker_gets_compressed_layers_and_a_manifest() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let scratch = Scratch::new();
    let options = ["--platform", "linux/amd64"];
    pack(&scratch, &["amd64"], "docker-archive:image.tar", &options);
    let there = format!("docker://{}/app:v1", registry.host());
    copy(&scratch, "docker-archive:image.tar", &there).run();
    registry.assert_tags_are_whole("app");
    copy(&scratch, &there, "docker-archive:back.tar").run();
    let config = |archive: &str| {
        let inspected = Muslin::new()
            .folder(scratch.path())
            .args(["inspect", "--json", &format!("docker-archive:{archive}")])
            .run();
        report(&inspected)["platforms"][0]["config"].clone()
    };
    assert_eq!(config("back.tar"), config("image.tar"));
}

#[test]
fn images_of_registries_are_joined_in_a_registry() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let scratch = Scratch::new();
    for name in BOTH {
        let to = format!("docker://{}/parts:{name}", registry.host());
        let platform = format!("linux/{name}");
        let options = ["--platform", &platform];
        // The tag of the destination comes before that of the options.
        pack(&scratch, &[name], &to, &options);
    }
    let part = |name: &str| format!("docker://{}/parts:{name}", registry.host());
    Muslin::new()
        .folder(scratch.path())
        .args([
            "index",
            "--to",
            &format!("docker://{}/app:v1", registry.host()),
        ])
        .args(BOTH.map(part))
        .run();
    registry.assert_tags_are_whole("app");
    let (_, index) = registry.manifest("app", "v1").unwrap();
    assert_eq!(index["manifests"].as_array().unwrap().len(), 2);
}
