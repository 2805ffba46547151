//! What is read of an image in a registry, and what is not believed.

use std::time::{Duration, Instant};

use crate::harness::faulty_proxy::{Fault, FaultyProxy, Seen, first};
use crate::harness::registry::Registry;
use crate::harness::{Muslin, Scratch};
use crate::{copy, digest_of, packed, report};

/// Picks requests.
type Which = fn(&Seen) -> bool;

fn is_layer(seen: &Seen) -> bool {
    seen.method == "GET" && seen.path.contains("/blobs/")
}

fn inspect(scratch: &Scratch, reference: &str) -> Muslin {
    Muslin::new()
        .folder(scratch.path())
        .args(["inspect", "--json", reference])
}

/// A registry with the image `app:v1`, and its proxy.
fn with_image(
    rule: impl Fn(&Seen) -> Fault + Send + Sync + 'static,
) -> Option<(Registry, FaultyProxy, Scratch, String)> {
    let registry = Registry::start()?;
    let scratch = packed();
    let there = format!("docker://{}/app:v1", registry.host());
    copy(&scratch, "oci:image:v1", &there).run();
    let proxy = FaultyProxy::start(&registry.host(), rule);
    let reference = format!("docker://{}/app:v1", proxy.host());
    Some((registry, proxy, scratch, reference))
}

#[test]
fn inspect_reads_no_layer_unless_it_is_asked_to() {
    let Some((_registry, proxy, scratch, reference)) = with_image(|_| Fault::None) else {
        return;
    };
    let there = report(&inspect(&scratch, &reference).run());
    let here = report(&inspect(&scratch, "oci:image:v1").run());
    assert_eq!(there["layers-read"], false);
    assert_eq!(there["digest"], here["digest"]);
    for (there, here) in there["platforms"]
        .as_array()
        .unwrap()
        .iter()
        .zip(here["platforms"].as_array().unwrap())
    {
        for field in [
            "platform",
            "manifest",
            "config",
            "execution",
            "compressed-size",
        ] {
            assert_eq!(there[field], here[field]);
        }
        assert_eq!(there["executables"].as_array().unwrap().len(), 0);
        assert_eq!(there["layers"][1]["digest"], here["layers"][1]["digest"]);
    }
    // The two configs.
    assert_eq!(proxy.count(is_layer), 2);
    let text = Muslin::new()
        .folder(scratch.path())
        .args(["inspect", &reference])
        .run()
        .stdout;
    assert!(text.contains("layers were not read; `--layers`"), "{text}");

    let with_layers = inspect(&scratch, &reference).arg("--layers").run();
    let with_layers = report(&with_layers);
    assert_eq!(with_layers["layers-read"], true);
    assert_eq!(with_layers["platforms"], here["platforms"]);
}

#[test]
fn a_blob_goes_on_where_its_connection_broke() {
    // Two configs, which are smaller, and three layers.
    let cut = first(5, is_layer, Fault::CutAnswerContent(1 << 20));
    let Some((_registry, proxy, scratch, reference)) = with_image(cut) else {
        return;
    };
    copy(&scratch, &reference, "oci:back").run();
    assert_eq!(
        digest_of(&scratch, "back", "v1"),
        digest_of(&scratch, "image", "v1")
    );
    let ranges = proxy.count(|seen| is_layer(seen) && seen.header("range").is_some());
    assert!(ranges >= 1, "{:#?}", proxy.seen());
}

#[test]
fn what_is_forged_or_short_reaches_no_layout() {
    let is_config_or_layer = |seen: &Seen| is_layer(seen);
    let is_manifest = |seen: &Seen| seen.is_manifest("GET") && seen.path.contains("sha256:");
    let is_tag = |seen: &Seen| seen.is_manifest("GET") && seen.path.ends_with("/v1");
    let cases: [(&str, Which, Fault, &str); 5] = [
        ("blob", is_config_or_layer, Fault::Corrupt, "has the digest"),
        ("manifest", is_manifest, Fault::Corrupt, "has the digest"),
        ("index", is_tag, Fault::Corrupt, "answers with the digest"),
        (
            "other digest",
            is_tag,
            Fault::Header(
                "Docker-Content-Digest",
                format!("sha256:{}", "0".repeat(64)),
            ),
            "answers with the digest",
        ),
        (
            "short",
            is_config_or_layer,
            Fault::Answer("200 OK".to_owned(), "short".to_owned()),
            "should have",
        ),
    ];
    for (name, which, fault, says) in cases {
        let Some((_registry, _proxy, scratch, reference)) =
            with_image(first(usize::MAX, which, fault))
        else {
            return;
        };
        let said = copy(&scratch, &reference, "oci:back")
            .status(2)
            .run()
            .stderr;
        assert!(said.contains(says), "{name}: {said}");
        assert_eq!(said.lines().count(), 1, "{name}: {said}");
        assert!(!scratch.join("back/index.json").exists(), "{name}");
    }
}

#[test]
fn a_manifest_without_an_end_is_not_read_into_memory() {
    let endless = " ".repeat(5 << 20);
    let Some((_registry, _proxy, scratch, reference)) = with_image(first(
        usize::MAX,
        |seen| seen.is_manifest("GET"),
        Fault::Answer("200 OK".to_owned(), endless),
    )) else {
        return;
    };
    let said = inspect(&scratch, &reference).status(2).run().stderr;
    assert!(said.contains("more than the 4194304"), "{said}");
}

#[test]
fn a_signal_ends_a_pull_that_waits() {
    let late = first(9, is_layer, Fault::Late(Duration::from_secs(100)));
    let Some((_registry, proxy, scratch, reference)) = with_image(late) else {
        return;
    };
    let home = Scratch::new();
    let mut child = copy(&scratch, &reference, "oci:back").start_silently(&home);
    let begun = Instant::now();
    while proxy.count(is_layer) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(20));
    }
    crate::harness::slow::kill("-TERM", child.id());
    let begun = Instant::now();
    assert!(!child.wait().unwrap().success());
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    assert!(!scratch.join("back/index.json").exists());
}
