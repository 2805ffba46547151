//! `docker.yml`, with a stand-in for Docker: what it is asked for.

use serde_json::{Value, json};

use crate::document;
use crate::own::{PROGRAMS, record, run_for, workflow};
use crate::place::StandIns;
use crate::runner::Outcome;

#[test]
fn docker_yml_builds_both_platforms_on_one_runner() {
    if !document::can_be_read() {
        return;
    }
    let stand_ins = StandIns::new(&PROGRAMS);
    let mut runner = run_for(&stand_ins, &json!({}));
    let (_, outcome) = runner.workflow(&workflow("docker.yml"), &json!({}));
    record(&runner, "docker");
    assert_eq!(
        outcome,
        Outcome::Success,
        "{:?}\n{}",
        runner.ran,
        runner.messages
    );
    let definitions = definitions(&stand_ins);
    let [image] = definitions.as_slice() else {
        panic!("{definitions:?}")
    };
    assert_eq!(image["tags"], json!(["ghcr.io/you/muslin:docker"]));
    assert_eq!(image["platforms"], json!(["linux/amd64", "linux/arm64"]));
    assert_eq!(
        image["output"],
        json!(["type=image,oci-mediatypes=true,rewrite-timestamp=true,push=true"])
    );
    assert_eq!(image["args"]["COMMIT_SHA"], runner.github["sha"]);
    let cache = image["cache-to"][0].as_str().unwrap();
    for part in [
        "type=registry",
        "ref=ghcr.io/you/muslin:buildcache,",
        "mode=max",
        "compression=zstd",
        "ignore-error=true",
    ] {
        assert!(cache.contains(part), "{cache}");
    }
    assert!(image.get("secret").is_none());
    assert!(
        runner
            .not_run
            .iter()
            .any(|step| step.starts_with("publish/attest: actions/attest")),
        "{:?}",
        runner.not_run
    );
}

#[test]
fn docker_yml_builds_each_platform_on_a_runner_of_its_own_and_joins_them() {
    if !document::can_be_read() {
        return;
    }
    let stand_ins = StandIns::new(&PROGRAMS);
    let mut runner = run_for(&stand_ins, &json!({ "event_name": "workflow_dispatch" }));
    runner.variables.insert(
        "ACTIONS_RESULTS_URL".to_owned(),
        "https://results.invalid/".to_owned(),
    );
    runner.variables.insert(
        "ACTIONS_RUNTIME_TOKEN".to_owned(),
        "it's a token".to_owned(),
    );
    let given = json!({ "parallel": true, "sccache": true });
    let (_, outcome) = runner.workflow(&workflow("docker.yml"), &given);
    record(&runner, "docker-parallel");
    assert_eq!(
        outcome,
        Outcome::Success,
        "{:?}\n{}",
        runner.ran,
        runner.messages
    );
    let definitions = definitions(&stand_ins);
    assert_eq!(definitions.len(), 2);
    for (image, (platform, target)) in definitions.iter().zip([
        ("linux/amd64", "x86_64-unknown-linux-musl"),
        ("linux/arm64", "aarch64-unknown-linux-musl"),
    ]) {
        assert_eq!(image["platforms"], json!([platform]));
        assert_eq!(
            image["args"]["PLATFORMS"],
            json!(format!("{platform}={target}"))
        );
        assert_eq!(image["tags"], json!([]));
        assert!(
            image["output"][0]
                .as_str()
                .unwrap()
                .contains(",name=ghcr.io/you/muslin,push-by-digest=true")
        );
        // BuildKit refuses those of an index, of which there is none.
        assert_eq!(
            image["annotations"],
            json!(["manifest:title=a title: with, signs = of all kinds"])
        );
        assert!(
            image["secret"][0]
                .as_str()
                .unwrap()
                .starts_with("id=sccache,src=")
        );
    }
    let log = stand_ins.log();
    let create = log
        .lines()
        .find(|line| line.contains("imagetools create"))
        .unwrap();
    assert!(
        create.contains("--tag ghcr.io/you/muslin:docker "),
        "{create}"
    );
    assert!(
        create.contains("--annotation index:only=here --annotation index:title=a title"),
        "{create}"
    );
    assert_eq!(
        create.matches(" ghcr.io/you/muslin@sha256:").count(),
        2,
        "{create}"
    );
    assert!(!log.contains("it's a token") && !runner.messages.contains("it's a token"));
    assert!(
        runner
            .not_run
            .iter()
            .any(|step| step.starts_with("publish/attest: actions/attest")),
        "{:?}",
        runner.not_run
    );
}

/// What `docker buildx bake` was given, each.
fn definitions(stand_ins: &StandIns) -> Vec<Value> {
    let log = stand_ins.log();
    let lines = log.lines().filter(|line| line.starts_with('{'));
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
