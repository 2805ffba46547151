//! `publish.yml` and the action as another repository uses them: by the examples of the guide.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::document::{self, entries, text};
use crate::expression::Contexts;
use crate::harness::{Layout, Scratch, succeed, tool};
use crate::place::{StandIns, commit_all, release, root, workflow};
use crate::registry::Registry;
use crate::runner::Runner;

/// What the example of the cargo lane has pushed, as it came back from the registry.
pub struct CargoLane {
    pub layout: PathBuf,
    runner: Runner,
    outputs: Value,
    address: String,
    scratch: Scratch,
    _registry: Registry,
}

impl CargoLane {
    /// The executable in the image for an architecture.
    pub fn executable(&self, arch: &str) -> PathBuf {
        let layers = Layout::open(&self.layout).layers("latest", arch);
        let found = layers
            .iter()
            .find_map(|layer| layer.get("usr/local/bin/app"));
        self.scratch
            .write_executable(format!("executables/{arch}"), &found.unwrap().content)
    }
}

/// The example of the cargo lane, run once for all tests; none where a tool is missing, and the
/// test is skipped.
pub fn cargo_lane() -> Option<&'static CargoLane> {
    static LANE: OnceLock<Option<CargoLane>> = OnceLock::new();
    tool("docker-registry")?;
    tool("skopeo")?;
    if !document::can_be_read() {
        return None;
    }
    LANE.get_or_init(|| {
        let registry = Registry::start()?;
        let scratch = Scratch::new();
        let mut runner = Runner::new(&package(&scratch), &json!({}));
        // As if this commit had been released: muslin is not compiled for a test.
        release(
            &scratch.folder("server"),
            runner.github["action_ref"].as_str().unwrap(),
        );
        runner.github["server_url"] = json!(format!("file://{}", scratch.join("server").display()));
        let outputs = run_example("cargo", &registry.address, &mut runner, "publish");
        let layout = scratch.join("layout");
        let source = format!("docker://{}/you/app:latest", registry.address);
        let destination = format!("oci:{}:latest", layout.display());
        let mut skopeo = tool("skopeo")?;
        skopeo.args([
            "copy",
            "--quiet",
            "--all",
            "--preserve-digests",
            "--src-tls-verify=false",
            &source,
            &destination,
        ]);
        succeed(&mut skopeo);
        let address = registry.address.clone();
        Some(CargoLane {
            layout,
            runner,
            outputs,
            address,
            scratch,
            _registry: registry,
        })
    })
    .as_ref()
}

/// A repository with a package that has no dependency.
pub fn package(scratch: &Scratch) -> PathBuf {
    let name = "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2021\"\n";
    scratch.write("app/Cargo.toml", name);
    scratch.write(
        "app/Cargo.lock",
        "version = 3\n\n[[package]]\nname = \"app\"\nversion = \"1.0.0\"\n",
    );
    scratch.write("app/src/main.rs", "fn main() {}\n");
    scratch.write(
        "app/docker-bake.hcl",
        "# What the stand-in for BuildKit says is in it.\n",
    );
    commit_all(&scratch.join("app"), "package");
    scratch.join("app")
}

/// The workflows in the guide, by their lanes; the last is a list of steps.
pub fn examples() -> Vec<(String, Value)> {
    let guide = fs::read_to_string(root().join("docs/guides/ci.md")).unwrap();
    let scratch = Scratch::new();
    guide
        .split("```yaml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .map(|example| {
            (
                example.to_owned(),
                document::read(&scratch.write("example.yml", example)),
            )
        })
        .collect()
}

/// Runs the job of a lane's example, with a registry of this machine in place of GitHub's, and
/// gives its outputs.
#[track_caller]
pub fn run_example(lane: &str, address: &str, runner: &mut Runner, name: &str) -> Value {
    let mut examples = examples().into_iter();
    let (_, example) = examples
        .find(|(_, example)| example["jobs"]["image"]["with"]["lane"] == lane)
        .unwrap();
    let job = &example["jobs"]["image"];
    assert!(text(job, "uses").starts_with("OWNER/muslin/.github/workflows/publish.yml@v"));
    let contexts = Contexts {
        values: json!({ "github": runner.github }),
        success: true,
    };
    let mut given: Value = entries(&job["with"])
        .map(|(name, value)| (name.clone(), contexts.value(value.as_str().unwrap())))
        .collect();
    given["image"] = json!(text(&given, "image").replace("ghcr.io", address));
    runner.succeed(&workflow("publish.yml"), &given, name)
}

#[test]
fn the_example_of_the_cargo_lane_builds_and_pushes_what_it_says() {
    let Some(lane) = cargo_lane() else { return };
    let digest = text(&lane.outputs, "digest");
    assert_eq!(
        text(&lane.outputs, "image"),
        format!("{}/you/app", lane.address)
    );
    let index = Layout::open(&lane.layout).document("index.json");
    assert_eq!(index["manifests"][0]["digest"], digest);
    let platforms: Vec<String> = ["amd64", "arm64"]
        .map(|arch| {
            text(
                &Layout::open(&lane.layout).config("latest", arch),
                "architecture",
            )
            .to_owned()
        })
        .into();
    assert_eq!(platforms, ["amd64", "arm64"]);
    let labels = &Layout::open(&lane.layout).config("latest", "arm64")["config"]["Labels"];
    assert_eq!(
        labels["org.opencontainers.image.revision"],
        lane.runner.github["sha"]
    );
    for row in [
        "| muslin | ",
        "| cargo-image | ",
        "| push/latest | ",
        "| image, the whole job | ",
        digest,
    ] {
        assert!(lane.runner.summary.contains(row), "{}", lane.runner.summary);
    }
    let not_run = lane
        .runner
        .not_run
        .iter()
        .map(|step| step.split([':', ',']).nth(1).unwrap().trim());
    assert_eq!(
        not_run.collect::<Vec<_>>(),
        [
            "Swatinem/rust-cache",
            "docker/login-action",
            "actions/attest"
        ]
    );
}

#[test]
fn the_example_of_the_nix_lane_pushes_the_layout_of_the_flake() {
    let Some(lane) = cargo_lane() else { return };
    let scratch = Scratch::new();
    let stand_ins = StandIns::new(&["nix"]);
    let event = json!({ "ref": "refs/heads/some/branch", "ref_name": "some/branch" });
    let mut runner = Runner::new(&package(&scratch), &event);
    runner.use_stand_ins(&stand_ins);
    runner.set("STAND_IN_LAYOUT", lane.layout.to_str().unwrap());
    let outputs = run_example("nix", &lane.address, &mut runner, "publish-nix");
    assert_eq!(outputs["digest"], lane.outputs["digest"]);
    let reference = format!("docker://{}/you/app:some-branch", lane.address);
    let mut skopeo = Command::new("skopeo");
    succeed(skopeo.args(["inspect", "--raw", "--tls-verify=false", &reference]));
}
