//! What steps may take: the budgets, and which of them a run gets.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::harness::tool;
use crate::place::{commit_all, git, root};
use crate::scripts::{place, run, said, script, script_in};

#[test]
fn a_step_past_its_budget_is_marked_and_fails_the_last_step_alone() {
    if tool("jq").is_none() {
        return;
    }
    let scratch = place();
    let budgets = "push 0 0\nindex 60 60\nimage-job 60 60\n";
    for name in [
        "budget",
        "change-kind",
        "job-summary",
        "timed-step",
        "within-budget",
    ] {
        fs::create_dir_all(scratch.join("ci")).unwrap();
        fs::copy(
            root().join("scripts/ci").join(name),
            scratch.join("ci").join(name),
        )
        .unwrap();
    }
    scratch.write("ci/budgets.txt", budgets);
    let step = |name: &str, arguments: &[&str]| {
        let mut command = script_in(&scratch.join("ci"), name, &scratch);
        run(command.args(arguments)).0
    };
    assert_eq!(step("timed-step", &["index", "true"]), 0);
    assert_eq!(step("within-budget", &[]), 0);
    assert_eq!(step("timed-step", &["push/latest", "sleep", "1.1"]), 0);
    assert_eq!(step("timed-step", &["index", "sh", "-c", "exit 7"]), 7);
    assert_eq!(step("timed-step", &["unknown", "true"]), 2);
    assert_eq!(step("job-summary", &["image-job"]), 0);
    assert_eq!(step("within-budget", &[]), 1);
    assert_eq!(step("within-budget", &["nowhere"]), 2);
    let summary = fs::read_to_string(scratch.join("summary")).unwrap();
    let verdict = |step: &str| {
        let row = summary
            .lines()
            .rfind(|row| row.starts_with(&format!("| {step} |")));
        row.and_then(|row| row.split('|').nth(4)).map(str::trim)
    };
    assert_eq!(verdict("push/latest"), Some("**over**"), "{summary}");
    assert_eq!(verdict("index"), Some("exit 7"), "{summary}");
}

#[test]
fn only_a_change_of_sources_is_a_change_of_sources() {
    if tool("jq").is_none() {
        return;
    }
    for (file, kind) in [
        ("src/main.rs", "source"),
        ("docs/Cargo.md", "source"),
        ("Cargo.lock", "cold"),
        ("crates/part/Cargo.toml", "cold"),
        ("rust-toolchain.toml", "cold"),
        (".cargo/config.toml", "cold"),
        ("Dockerfile", "cold"),
        ("flake.lock", "cold"),
        (".github/workflows/image.yml", "cold"),
    ] {
        let scratch = place();
        let work = scratch.folder("work");
        commit_all(&work, "before");
        let before = git(&work, &["rev-parse", "HEAD"]);
        scratch.write(Path::new("work").join(file), "");
        commit_all(&work, "after");
        scratch.write("event.json", json!({ "before": before }).to_string());
        // A runner's clone has one commit, and asks for the other.
        git(
            scratch.path(),
            &[
                "clone",
                "--quiet",
                "--depth=1",
                &format!("file://{}", work.display()),
                "clone",
            ],
        );
        let (_, output) = run(script("change-kind", &scratch).current_dir(scratch.join("clone")));
        assert_eq!(said(&output).trim(), kind, "{file}");
    }
    // A new branch has no commit before, and a run by hand none either.
    for before in [
        "0000000000000000000000000000000000000000",
        "not a commit",
        "",
    ] {
        let scratch = place();
        commit_all(&scratch.folder("work"), "all");
        scratch.write("event.json", json!({ "before": before }).to_string());
        let (status, output) = run(&mut script("change-kind", &scratch));
        assert_eq!((status, said(&output).trim()), (0, "cold"), "{before}");
    }
}
