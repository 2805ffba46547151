//! What a push sends.

use crate::harness::faulty_proxy::{Fault, FaultyProxy, Seen};
use crate::harness::registry::Registry;
use crate::harness::{Architecture, Muslin, Scratch, succeed, tool};
use crate::{copy, digest_of, packed, report};

#[test]
fn skopeo_reads_what_was_pushed() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let scratch = packed();
    let to = format!("docker://{}/team/app:v1", registry.host());
    let digest = digest_of(&scratch, "image", "v1");
    copy(&scratch, "oci:image:v1", &to)
        .stdout(format!("docker://{}/team/app@{digest}\n", registry.host()))
        .run();
    registry.assert_tags_are_whole("team/app");
    assert_eq!(registry.tags("team/app"), ["v1"]);

    let Some(mut skopeo) = tool("skopeo") else {
        return;
    };
    succeed(skopeo.current_dir(scratch.path()).args([
        "copy",
        "--quiet",
        "--insecure-policy",
        "--src-tls-verify=false",
        "--all",
        &to,
        "oci:skopeo:v1",
    ]));
    assert_eq!(digest_of(&scratch, "skopeo", "v1"), digest);
    crate::assert_same_blobs(&scratch, "image", "skopeo");
}

#[test]
fn what_is_there_is_not_sent_again() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let proxy = FaultyProxy::start(&registry.host(), |_| Fault::None);
    let scratch = packed();
    let to = format!("docker://{}/app:v1", proxy.host());
    let first = report(&copy(&scratch, "oci:image:v1", &to).arg("--json").run());
    // Two layers of executables and one that both have, two configs, two manifests, the index.
    assert_eq!((&first["written"], &first["kept"]), (&8.into(), &0.into()));
    assert_eq!(proxy.count(Seen::is_upload), 5);
    let requests = proxy.seen().len();
    assert!(requests <= 22, "{requests} requests");

    proxy.forget();
    let again = report(&copy(&scratch, "oci:image:v1", &to).arg("--json").run());
    assert_eq!((&again["written"], &again["kept"]), (&0.into(), &8.into()));
    assert_eq!(again["reference"], first["reference"]);
    let seen = proxy.seen();
    assert!(seen.len() <= 4, "{seen:#?}");
    assert!(seen.iter().all(|seen| seen.length == 0), "{seen:#?}");

    // Another image with the same layer below: only what is new of it.
    proxy.forget();
    let other = Scratch::new();
    Architecture::Amd64.write(&other, "app", "another", 1000);
    Muslin::new()
        .folder(other.path())
        .args(["pack", "--executable", "linux/amd64=app", "--to", &to])
        .run();
    assert_eq!(proxy.count(Seen::is_upload), 2, "{:#?}", proxy.seen());
    registry.assert_tags_are_whole("app");
}

#[test]
fn several_tags_take_one_upload_and_come_last() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let proxy = FaultyProxy::start(&registry.host(), |_| Fault::None);
    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "app", "hello", 1000);
    let to = format!("docker://{}/app", proxy.host());
    Muslin::new()
        .folder(scratch.path())
        .args(["pack", "--executable", "linux/amd64=app", "--to", &to])
        .args(["--tag", "1.0", "--tag", "latest"])
        .run();
    let mut tags = registry.tags("app");
    tags.sort();
    assert_eq!(tags, ["1.0", "latest"]);
    assert_eq!(proxy.count(Seen::is_upload), 3);
    let seen = proxy.seen();
    let last: Vec<&str> = seen[seen.len() - 3..]
        .iter()
        .map(|seen| seen.path.rsplit('/').next().unwrap())
        .collect();
    assert!(last[0].starts_with("sha256:"), "{seen:#?}");
    assert_eq!(last[1..], ["1.0", "latest"]);
}

#[test]
fn push_goes_to_the_registry_of_the_description() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "app", "hello", 1000);
    scratch.write(
        "Cargo.toml",
        format!(
            "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\
             [package.metadata.muslin]\nimage = \"{}/team/app\"\ntags = [\"1.0.0\", \"1\"]\n",
            registry.host()
        ),
    );
    scratch.write("src/main.rs", "fn main() {}\n");
    let output = Muslin::new()
        .folder(scratch.path())
        .args(["pack", "--push", "--executable", "linux/amd64=app"])
        .run();
    let expected = format!("docker://{}/team/app@sha256:", registry.host());
    assert!(output.stdout.starts_with(&expected), "{}", output.stdout);
    let mut tags = registry.tags("team/app");
    tags.sort();
    assert_eq!(tags, ["1", "1.0.0"]);
    registry.assert_tags_are_whole("team/app");
    // It goes there alone.
    assert!(!scratch.join("target").exists());
}

#[test]
fn an_image_goes_by_its_digest_without_a_tag() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let scratch = packed();
    let digest = digest_of(&scratch, "image", "v1");
    let to = format!("docker://{}/app@{digest}", registry.host());
    copy(&scratch, "oci:image:v1", &to).run();
    assert!(registry.manifest("app", &digest).is_some());
    assert_eq!(registry.tags("app"), [""; 0]);
    let other = to.replace(&digest[7..], &"0".repeat(64));
    let said = copy(&scratch, "oci:image:v1", &other)
        .status(2)
        .run()
        .stderr;
    assert!(said.contains("leave the digest out"), "{said}");
}

#[test]
fn a_large_blob_goes_in_chunks_where_one_request_is_too_large() {
    let Some(registry) = Registry::start() else {
        return;
    };
    // As a proxy with a limit for the size of requests.
    let proxy = FaultyProxy::start(&registry.host(), |seen| {
        if seen.length > 2 << 20 {
            Fault::Answer("413 Payload Too Large".to_owned(), String::new())
        } else {
            Fault::None
        }
    });
    let scratch = packed();
    let to = format!("docker://{}/app:v1", proxy.host());
    copy(&scratch, "oci:image:v1", &to).run();
    registry.assert_tags_are_whole("app");
    let chunks = proxy.count(|seen| seen.method == "PATCH");
    assert!(chunks >= 4, "{chunks} chunks");
}

#[test]
fn a_registry_that_asks_for_chunks_gets_them() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let proxy = FaultyProxy::start(&registry.host(), |seen| match seen.method.as_str() {
        "POST" => Fault::Header("OCI-Chunk-Min-Length", "1000".to_owned()),
        _ => Fault::None,
    });
    let scratch = Scratch::new();
    // More than one chunk of the 32 MiB that are sent at least.
    Architecture::Amd64.write(&scratch, "app", "hello", 40 << 20);
    let to = format!("docker://{}/app:v1", proxy.host());
    Muslin::new()
        .folder(scratch.path())
        .args(["pack", "--executable", "linux/amd64=app", "--to", &to])
        .run();
    registry.assert_tags_are_whole("app");
    assert_eq!(proxy.count(|seen| seen.method == "PATCH"), 2);
}
