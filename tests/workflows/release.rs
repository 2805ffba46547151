//! `release.yml` and `reproducible.yml`, on an image that the cargo lane has built.

use std::fs;

use serde_json::json;

use crate::document;
use crate::harness::Scratch;
use crate::own::{PROGRAMS, run_for};
use crate::place::{StandIns, workflow};
use crate::publish::cargo_lane;
use crate::runner::Outcome;

#[test]
fn release_yml_runs() {
    let Some(lane) = cargo_lane() else { return };
    let stand_ins = StandIns::new(&PROGRAMS);
    let tag = concat!("v", env!("CARGO_PKG_VERSION"));
    let event = json!({ "ref": format!("refs/tags/{tag}"), "ref_name": tag, "ref_type": "tag" });
    let mut runner = run_for(&stand_ins, &event);
    let store = Scratch::new();
    for arch in ["amd64", "arm64"] {
        fs::create_dir_all(store.join(arch).join("bin")).unwrap();
        fs::copy(lane.executable(arch), store.join(arch).join("bin/muslin")).unwrap();
    }
    for (name, value) in [
        ("STAND_IN_STORE", store.path().to_str().unwrap()),
        // The executables are those of a package that cannot read lists of crates.
        ("MUSLIN", env!("CARGO_BIN_EXE_muslin")),
    ] {
        runner.set(name, value);
    }
    runner.succeed(&workflow("release.yml"), &json!({}), "release");
    let log = stand_ins.log();
    assert!(
        log.contains(&format!("nix run .#push -- ghcr.io/you/muslin:{tag}\n")),
        "{log}"
    );
    let upload = log
        .lines()
        .find(|line| line.starts_with("gh release upload"))
        .unwrap();
    for file in [
        "COMMIT",
        "SHA256SUMS",
        "muslin-aarch64-unknown-linux-musl.tar.gz",
        "muslin-x86_64-unknown-linux-musl.tar.gz",
        "sbom.cdx.json",
    ] {
        assert!(upload.contains(&format!("release/{file}")), "{upload}");
    }
    let caches = ["rust-cache", "cachix-action", "sccache-action"];
    assert!(
        !runner
            .not_run
            .iter()
            .any(|step| caches.iter().any(|cache| step.contains(cache))),
        "{:?}",
        runner.not_run
    );
    assert_eq!(
        runner
            .not_run
            .iter()
            .filter(|step| step.contains("actions/attest"))
            .count(),
        3
    );
}

#[test]
fn a_tag_that_is_not_the_version_is_no_release() {
    if !document::can_be_read() {
        return;
    }
    let stand_ins = StandIns::new(&PROGRAMS);
    let event = json!({ "ref": "refs/tags/v99.0.0", "ref_name": "v99.0.0", "ref_type": "tag" });
    let mut runner = run_for(&stand_ins, &event);
    let (_, outcome) = runner.workflow(&workflow("release.yml"), &json!({}));
    assert_eq!(outcome, Outcome::Failure);
    assert!(
        !stand_ins.log().contains("nix build"),
        "{}",
        stand_ins.log()
    );
}

#[test]
fn reproducible_yml_runs() {
    let Some(lane) = cargo_lane() else { return };
    let stand_ins = StandIns::new(&PROGRAMS);
    let mut runner = run_for(&stand_ins, &json!({ "event_name": "workflow_dispatch" }));
    runner.set("STAND_IN_LAYOUT", lane.layout.to_str().unwrap());
    runner.succeed(&workflow("reproducible.yml"), &json!({}), "reproducible");
    for lane in ["cargo", "docker", "nix"] {
        let rows = runner
            .summary
            .matches(&format!("| {lane} | linux/arm64 | "))
            .count();
        assert_eq!(rows, 2, "{}", runner.summary);
    }
}
