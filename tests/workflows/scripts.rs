//! Scripts that workflows call, where the workflows themselves do not show it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use crate::harness::{Scratch, tool};
use crate::place::{StandIns, release, root};

/// A script of `scripts/ci` with a runner's variables and nothing else.
pub fn script(name: &str, scratch: &Scratch) -> Command {
    script_in(&root().join("scripts/ci"), name, scratch)
}

/// The same for a script in another folder.
pub fn script_in(folder: &Path, name: &str, scratch: &Scratch) -> Command {
    let mut command = Command::new(folder.join(name));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", scratch.folder("home"))
        .env("RUNNER_TEMP", scratch.folder("temp"))
        .env("GITHUB_OUTPUT", scratch.join("output"))
        .env("GITHUB_STEP_SUMMARY", scratch.join("summary"))
        .env("GITHUB_EVENT_PATH", scratch.join("event.json"))
        .env("GITHUB_EVENT_NAME", "push")
        .env("GITHUB_REF_NAME", "main")
        .env("GITHUB_REF_TYPE", "branch")
        .env("GITHUB_SERVER_URL", "file:///nowhere")
        .current_dir(scratch.folder("work"));
    command
}

/// A place with an event.
pub fn place() -> Scratch {
    let scratch = Scratch::new();
    scratch.write(
        "event.json",
        json!({ "repository": { "default_branch": "main" } }).to_string(),
    );
    scratch
}

pub fn run(command: &mut Command) -> (i32, Output) {
    let output = command.output().unwrap();
    (output.status.code().unwrap(), output)
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn what_is_asked_for_wrongly_is_refused_before_anything_is_built() {
    if tool("jq").is_none() {
        return;
    }
    for variables in [
        [("LANE", "rust"), ("IMAGE", "ghcr.io/you/app")],
        [("LANE", "cargo"), ("IMAGE", "")],
        [("LANE", "cargo"), ("IMAGE", "you/app")],
        [("LANE", "cargo"), ("IMAGE", "ghcr.io/you/app:tag")],
        [("LANE", "cargo"), ("IMAGE", "ghcr.io/you/$(id)")],
        [("TAGS", "a;b"), ("IMAGE", "ghcr.io/you/app")],
        [("PLATFORM", "linux/arm64"), ("IMAGE", "ghcr.io/you/app")],
        [("PLATFORM", "linux/mips"), ("LANE", "docker")],
        [("LINKER", "ld"), ("LANE", "docker")],
        // It links for one platform.
        [("LINKER", "musl-gcc"), ("LANE", "docker")],
        [("LINKER", "musl-gcc"), ("LANE", "nix")],
    ] {
        let scratch = place();
        let mut command = script("plan", &scratch);
        command
            .env("LANE", "cargo")
            .env("IMAGE", "ghcr.io/you/app")
            .envs(variables);
        let (status, output) = run(&mut command);
        assert_eq!(status, 2, "{variables:?}: {}", said(&output));
        assert!(!scratch.join("output").exists());
    }
}

#[test]
fn sccache_is_told_what_the_runner_says_and_pull_requests_only_read() {
    let scratch = place();
    let variables = [
        ("ACTIONS_RESULTS_URL", "https://results/"),
        ("ACTIONS_RUNTIME_TOKEN", "it's $a \"token\""),
    ];
    let with = |event: &str| {
        let mut command = script("sccache-variables", &scratch);
        let (status, output) = run(command.envs(variables).env("GITHUB_EVENT_NAME", event));
        assert_eq!(status, 0);
        scratch.write("sccache.env", output.stdout)
    };
    let read = |file: &Path| {
        // As with-sccache of the Dockerfile reads it.
        let print = "set -a; . \"$0\"; env | grep -E '^(ACTIONS|SCCACHE)' | sort";
        let (_, output) = run(Command::new("sh")
            .args(["-c", print])
            .arg(file)
            .env_clear()
            .env("PATH", "/usr/bin:/bin"));
        said(&output)
    };
    let pushed = "ACTIONS_CACHE_SERVICE_V2=on\nACTIONS_RESULTS_URL=https://results/\n\
                  ACTIONS_RUNTIME_TOKEN=it's $a \"token\"\nSCCACHE_GHA_ENABLED=on\n";
    assert_eq!(read(&with("push")), pushed);
    assert_eq!(
        read(&with("pull_request")),
        format!("{pushed}SCCACHE_GHA_RW_MODE=READ_ONLY\n")
    );
    assert_eq!(run(&mut script("sccache-variables", &scratch)).0, 2);
}

#[test]
fn muslin_is_that_of_the_release_or_is_built_where_there_is_none() {
    if tool("curl").is_none() {
        return;
    }
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let version = concat!("v", env!("CARGO_PKG_VERSION"));
    let stand_ins = StandIns::new(&["cargo"]);
    // What was asked for; whether the archive is what its checksum says; whether cargo is called.
    for (number, (asked, intact, builds)) in [
        (version, true, false),
        (
            &format!("OWNER/muslin/.github/workflows/publish.yml@refs/tags/{version}"),
            true,
            false,
        ),
        (commit, true, false),
        ("main", true, true),
        ("1111111111111111111111111111111111111111", true, true),
        (version, false, true),
    ]
    .into_iter()
    .enumerate()
    {
        let scratch = place();
        let files = release(&scratch.folder("server"), commit);
        if !intact {
            fs::write(
                files.join("SHA256SUMS"),
                format!("{:064}  muslin-x86_64-unknown-linux-musl.tar.gz\n", 0),
            )
            .unwrap();
        }
        let mut command = script("get-muslin", &scratch);
        let path = format!(
            "{}:{}",
            stand_ins.folder().display(),
            std::env::var("PATH").unwrap()
        );
        command
            .env("PATH", path)
            .env("STAND_IN_LOG", stand_ins.log_file())
            .env("STAND_IN_MUSLIN", "/bin/true")
            .env(
                "GITHUB_SERVER_URL",
                format!("file://{}", scratch.join("server").display()),
            )
            .env("MUSLIN_REF", asked);
        let before = stand_ins.log().lines().count();
        let (status, output) = run(&mut command);
        assert_eq!(status, 0, "{asked}: {}", said(&output));
        let program = String::from_utf8(output.stdout).unwrap();
        assert!(
            Command::new(program.trim())
                .arg("--version")
                .output()
                .unwrap()
                .status
                .success()
        );
        assert_eq!(
            stand_ins.log().lines().count() > before,
            builds,
            "{number}: {asked}"
        );
        // Kept for the next run.
        fs::remove_dir_all(&files).unwrap();
        assert_eq!(run(&mut command).1.stdout, program.into_bytes());
    }
}

#[test]
fn digests_that_differ_or_are_of_one_machine_alone_are_found() {
    let rows =
        |digest: &str| format!("nix linux/amd64 sha256:{digest}\nnix linux/arm64 sha256:2\n");
    for (one, other, status) in [
        (rows("1"), Some(rows("1")), 0),
        (rows("1"), Some(rows("3")), 1),
        (rows("1"), Some("nix linux/amd64 sha256:1\n".to_owned()), 1),
        (rows("1"), None, 1),
    ] {
        let scratch = place();
        scratch.write("digests/digests-nix-ubuntu-24.04/digests.txt", one);
        if let Some(other) = other {
            scratch.write("digests/digests-nix-ubuntu-24.04-arm/digests.txt", other);
        }
        let (found, output) = run(script("same-digests", &scratch).arg(scratch.join("digests")));
        assert_eq!(found, status, "{}", said(&output));
    }
    let scratch = place();
    assert_eq!(
        run(script("same-digests", &scratch).arg(scratch.folder("none"))).0,
        2
    );
}
