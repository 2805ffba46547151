//! Real packages become images, and their programs run: amd64 in a container,
//! arm64 under emulation.

mod harness;

use std::path::Path;
use std::process::Command;

use harness::{Engine, Layout, Muslin, Scratch, arm64, tool};

/// An image that was built for both platforms.
struct Built {
    scratch: Scratch,
}

/// Builds a package with these arguments.
#[track_caller]
fn build(muslin: Muslin, folder: &Path, args: &[&str]) -> Built {
    let scratch = Scratch::new();
    let image = format!("oci:{}:v1", scratch.join("image").display());
    muslin
        .folder(folder)
        .arg("build")
        .args(args.iter().copied())
        .args(["--to", &image])
        .run();
    Built { scratch }
}

/// A published package with its own lock file, in a cache that keeps it compiled.
#[track_caller]
fn build_published(spec: &str) -> Built {
    let folder = Scratch::new();
    let muslin = Muslin::new().with_kept_cache();
    build(muslin, folder.path(), &["--crate", spec])
}

impl Built {
    fn layout(&self) -> Layout {
        Layout::open(self.scratch.join("image"))
    }

    /// The image in an engine, where it is named `tested:v1`. Without an engine
    /// or skopeo the test is skipped.
    fn load(&self) -> Option<std::sync::Arc<Engine>> {
        let mut skopeo = tool("skopeo")?;
        let engine = Engine::get()?;
        let archive = self.scratch.join("amd64.tar");
        let name = format!("{}-{}", self.image_id(), std::process::id());
        let output = skopeo
            .args([
                "copy",
                "--quiet",
                "--insecure-policy",
                "--override-arch=amd64",
            ])
            .arg(format!("oci:{}:v1", self.scratch.join("image").display()))
            .arg(format!(
                "docker-archive:{}:tested:{name}",
                archive.display()
            ))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        engine.load(&archive);
        Some(engine)
    }

    /// A tag of its own, so that tests in parallel share an engine.
    fn image_id(&self) -> String {
        let config = self.layout().manifest("v1", "amd64")["config"]["digest"].clone();
        config.as_str().unwrap()[7..19].to_owned()
    }

    /// Runs the entrypoint with these arguments on both platforms; both must end
    /// well and print `expected` somewhere.
    #[track_caller]
    fn prints(&self, args: &[&str], expected: &str) {
        let Some(engine) = self.load() else { return };
        let name = format!("tested:{}-{}", self.image_id(), std::process::id());
        let finished = engine.run(&["--read-only"], &name, args);
        assert_eq!(finished.status, Some(0), "{finished:?}");
        assert!(finished.stdout.contains(expected), "{finished:?}");

        let entrypoint = self.layout().config("v1", "arm64")["config"]["Entrypoint"].clone();
        let name = entrypoint[0].as_str().unwrap().rsplit('/').next().unwrap();
        let Some(mut command) = self.arm64(name) else {
            return;
        };
        let output = command.args(args).output().unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && stdout.contains(expected),
            "{output:?}"
        );
    }

    /// A command that runs a binary of the arm64 image.
    fn arm64(&self, name: &str) -> Option<Command> {
        let layers = self.layout().layers("v1", "arm64");
        let entry = &layers.last().unwrap()[&format!("usr/local/bin/{name}")];
        arm64(
            &self
                .scratch
                .write_executable(format!("arm64/{name}"), &entry.content),
        )
    }
}

#[test]
fn muslin_itself() {
    let muslin = Muslin::new().with_users_cache();
    let built = build(muslin, Path::new(env!("CARGO_MANIFEST_DIR")), &["--locked"]);
    built.prints(
        &["--version"],
        concat!("muslin ", env!("CARGO_PKG_VERSION")),
    );
}

#[test]
fn a_workspace_with_two_binaries_in_one_image() {
    let workspace = Scratch::new();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/two-binaries");
    harness::copy_tree(&fixture, workspace.path());
    let build = |member| {
        let muslin = Muslin::new().with_toolchain();
        build(muslin, workspace.path(), &["--locked", "-p", member])
    };
    let built = build("server");
    built.prints(&[], "server 1.5\n");
    for architecture in ["amd64", "arm64"] {
        let layers = built.layout().layers("v1", architecture);
        assert!(layers.last().unwrap().contains_key("usr/local/bin/migrate"));
        let labels = built.layout().config("v1", architecture)["config"]["Labels"].clone();
        assert_eq!(labels["team"], "everyone");
        assert_eq!(labels["org.opencontainers.image.version"], "1.2.3");
    }
    let Some(mut migrate) = built.arm64("migrate") else {
        return;
    };
    assert_eq!(migrate.output().unwrap().stdout, b"migrate\n");
    build("client").prints(&[], "client 42\n");
}

#[test]
fn a_package_that_compiles_c() {
    // SQLite, compiled by its build script.
    let built = build_published("mcfly@0.9.4");
    built.prints(&["--version"], "mcfly 0.9.4");
}

#[test]
#[ignore = "long: builds a published package"]
fn a_package_of_rust_alone() {
    let built = build_published("hexyl@0.17.0");
    built.prints(&["--length=4", "/etc/passwd"], "72 6f 6f 74");
}

#[test]
#[ignore = "long: builds a published package"]
fn a_package_with_tls() {
    // ring, which is C and assembly.
    let built = build_published("tlrc@1.13.1");
    built.prints(&["--version"], "tlrc v1.13.1");
}
