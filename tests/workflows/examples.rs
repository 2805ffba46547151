//! The examples of docs/guides/ci.md, and what `publish.yml` does for other events.

use std::collections::BTreeSet;

use serde_json::json;

use crate::document::{self, entries, text};
use crate::harness::Scratch;
use crate::place::{StandIns, root, workflow};
use crate::publish::{examples, package, run_example};
use crate::runner::Runner;

#[test]
fn a_pull_request_builds_and_pushes_nothing() {
    if !document::can_be_read() {
        return;
    }
    let scratch = Scratch::new();
    let stand_ins = StandIns::new(&["docker"]);
    let event =
        json!({ "event_name": "pull_request", "ref": "refs/pull/7/merge", "ref_name": "7/merge" });
    let mut runner = Runner::new(&package(&scratch), &event);
    runner.use_stand_ins(&stand_ins);
    let outputs = run_example("docker", "ghcr.io", &mut runner, "publish-docker");
    assert_eq!(outputs["digest"], "");
    let definition = &stand_ins.definitions()[0];
    assert_eq!(definition["output"], json!(["type=cacheonly"]));
    assert!(
        definition.get("cache-to").is_none() && definition.get("cache-from").is_some(),
        "{definition}"
    );
    for action in ["docker/login-action", "actions/attest"] {
        assert!(!runner.has_not_run(action), "{:?}", runner.not_run);
    }
}

#[test]
fn a_tag_restores_no_cache() {
    if !document::can_be_read() {
        return;
    }
    let scratch = Scratch::new();
    let stand_ins = StandIns::new(&["docker"]);
    let event = json!({ "ref": "refs/tags/v1.2.3", "ref_name": "v1.2.3", "ref_type": "tag" });
    let mut runner = Runner::new(&package(&scratch), &event);
    runner.use_stand_ins(&stand_ins);
    run_example("docker", "ghcr.io", &mut runner, "publish-docker-tag");
    let definition = &stand_ins.definitions()[0];
    assert!(
        definition.get("cache-to").is_none() && definition.get("cache-from").is_none(),
        "{definition}"
    );
    assert_eq!(definition["tags"], json!(["ghcr.io/you/app:v1.2.3"]));
    assert_eq!(definition["args"]["VERSION"], "1.2.3");
}

#[test]
fn examples_are_short_and_grant_what_the_workflow_asks_for() {
    if !document::can_be_read() {
        return;
    }
    let publish = document::read(&workflow("publish.yml"));
    let wanted: BTreeSet<(&str, &str)> = entries(&publish["jobs"])
        .flat_map(|(_, job)| entries(&job["permissions"]))
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    let examples = examples();
    let (steps, lanes) = examples.split_last().unwrap();
    assert_eq!(lanes.len(), 3);
    for (lines, example) in lanes {
        assert!(lines.lines().count() <= 11, "{lines}");
        let job = &example["jobs"]["image"];
        let granted = entries(&job["permissions"])
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
        assert_eq!(granted.collect::<BTreeSet<_>>(), wanted, "{lines}");
        document::inputs(&publish["on"]["workflow_call"]["inputs"], &job["with"]);
        for (name, _) in entries(&job["secrets"]) {
            assert!(
                publish["on"]["workflow_call"]["secrets"]
                    .get(name)
                    .is_some(),
                "{name}"
            );
        }
    }
    let action = document::read(&root().join(".github/actions/image/action.yml"));
    let step = steps.1["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["id"] == "image")
        .unwrap();
    document::inputs(&action["inputs"], &step["with"]);
}

#[test]
fn what_the_workflow_hands_to_the_action_is_declared_alike() {
    if !document::can_be_read() {
        return;
    }
    let publish = document::read(&workflow("publish.yml"));
    let action = document::read(&root().join(".github/actions/image/action.yml"));
    for (name, input) in entries(&publish["on"]["workflow_call"]["inputs"]) {
        let Some(other) = action["inputs"].get(name) else {
            continue;
        };
        if name != "username" {
            assert_eq!(text(input, "default"), text(other, "default"), "{name}");
        }
    }
}
