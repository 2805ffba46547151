//! `docker.yml`, with a stand-in for Docker: what it is asked for.

use serde_json::json;

use crate::document;
use crate::own::{PROGRAMS, run_for};
use crate::place::{StandIns, workflow};
use crate::runner::Outcome;

#[test]
fn docker_yml_builds_both_platforms_on_one_runner() {
    if !document::can_be_read() {
        return;
    }
    let stand_ins = StandIns::new(&PROGRAMS);
    let mut runner = run_for(&stand_ins, &json!({}));
    runner.succeed(&workflow("docker.yml"), &json!({}), "docker");
    let definitions = stand_ins.definitions();
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
        runner.has_not_run("publish/attest: actions/attest"),
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
    runner.set("ACTIONS_RESULTS_URL", "https://results.invalid/");
    runner.set("ACTIONS_RUNTIME_TOKEN", "it's a token");
    let given = json!({ "parallel": true, "sccache": true });
    runner.succeed(&workflow("docker.yml"), &given, "docker-parallel");
    let definitions = stand_ins.definitions();
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
        runner.has_not_run("publish/attest: actions/attest"),
        "{:?}",
        runner.not_run
    );
}

#[test]
fn each_platform_can_be_linked_by_musl_gcc_and_both_at_once_cannot() {
    if !document::can_be_read() {
        return;
    }
    let stand_ins = StandIns::new(&PROGRAMS);
    let mut runner = run_for(&stand_ins, &json!({}));
    let publish = workflow("publish.yml");
    let mut given = json!({
        "lane": "docker", "image": "ghcr.io/you/app", "linker": "musl-gcc", "parallel": true,
    });
    runner.succeed(&publish, &given, "musl-gcc");
    let definitions = stand_ins.definitions();
    assert_eq!(definitions.len(), 2);
    for image in definitions {
        assert_eq!(image["args"]["LINKER"], json!("musl-gcc"));
    }
    given["parallel"] = json!(false);
    let (_, outcome) = runner.workflow(&publish, &given);
    assert_eq!(outcome, Outcome::Failure);
    assert!(
        runner
            .messages
            .contains("`parallel: true` makes a job for each"),
        "{}",
        runner.messages
    );
}
