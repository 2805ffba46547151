//! The workflows of this repository, with stand-ins for what is tested elsewhere or needs a
//! machine of GitHub: make, Nix, Docker, `gh`.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::document;
use crate::place::{StandIns, muslin_repository, root, workflow};
use crate::runner::{Outcome, Runner};

pub const PROGRAMS: [&str; 6] = ["apt-get", "docker", "gh", "make", "nix", "nix-instantiate"];

/// A run for this repository in which these programs are stood in for.
pub fn run_for(stand_ins: &StandIns, event: &Value) -> Runner {
    let mut runner = Runner::new(muslin_repository(), event);
    runner.use_stand_ins(stand_ins);
    runner
}

#[test]
fn every_workflow_has_a_test() {
    let found: BTreeSet<String> = fs::read_dir(root().join(".github/workflows"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let tested = [
        "ci.yml",
        "docker.yml",
        "image.yml",
        "publish.yml",
        "release.yml",
        "reproducible.yml",
    ];
    assert_eq!(found, tested.map(str::to_owned).into());
}

#[test]
fn ci_yml_runs() {
    if !document::can_be_read() {
        return;
    }
    let stand_ins = StandIns::new(&PROGRAMS);
    let mut runner = run_for(&stand_ins, &json!({}));
    runner.succeed(&workflow("ci.yml"), &json!({}), "ci");
    for step in ["check", "make-image", "test"] {
        assert!(
            runner.summary.contains(&format!("| {step} | ")),
            "{}",
            runner.summary
        );
    }
    let log = stand_ins.log();
    for target in ["check", "image", "test", "nix-check"] {
        assert!(log.contains(&format!("make {target}\n")), "{log}");
    }
}

#[test]
fn a_command_that_fails_ends_its_job_and_the_workflow() {
    if !document::can_be_read() {
        return;
    }
    let stand_ins = StandIns::new(&PROGRAMS);
    let mut runner = run_for(&stand_ins, &json!({}));
    runner.set("STAND_IN_FAILS", "make image");
    let (_, outcome) = runner.workflow(&workflow("ci.yml"), &json!({}));
    assert_eq!(outcome, Outcome::Failure);
    assert_eq!(
        runner.commands(1),
        ["ci/cargo: scripts/ci/timed-step make-image make image"]
    );
    assert!(
        !stand_ins.log().contains("make test"),
        "{}",
        stand_ins.log()
    );
    assert!(
        runner.summary.contains("| exit 1 |"),
        "the table is there nevertheless: {}",
        runner.summary
    );
}

#[test]
fn image_yml_runs() {
    if !document::can_be_read() {
        return;
    }
    let stand_ins = StandIns::new(&PROGRAMS);
    let mut runner = run_for(&stand_ins, &json!({}));
    runner.succeed(&workflow("image.yml"), &json!({}), "image");
    let log = stand_ins.log();
    assert!(
        log.contains("nix build --print-build-logs --no-link .#deps-arm64\n"),
        "{log}"
    );
    assert!(
        log.contains("nix run .#push -- ghcr.io/you/muslin:latest\n"),
        "{log}"
    );
}

#[test]
fn an_image_that_took_too_long_is_pushed_and_the_workflow_fails() {
    if !document::can_be_read() {
        return;
    }
    let stand_ins = StandIns::new(&PROGRAMS);
    let mut runner = run_for(&stand_ins, &json!({}));
    runner.age = 7200;
    let (_, outcome) = runner.workflow(&workflow("image.yml"), &json!({}));
    assert_eq!(outcome, Outcome::Failure);
    assert!(
        stand_ins.log().contains("nix run .#push"),
        "{}",
        stand_ins.log()
    );
    assert_eq!(
        runner.commands(1),
        ["image/push: scripts/ci/within-budget timings"]
    );
    assert!(
        runner.summary.contains("| **over** |"),
        "{}",
        runner.summary
    );
}
