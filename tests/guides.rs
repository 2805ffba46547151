//! The commands of the README and of the guides are run, or the document says above
//! them which test runs them, or why none does.

mod harness;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::registry::Registry;
use harness::{Architecture, Engine, Muslin, Scratch, kept_cache, tool};

/// A block of commands and the line above it.
struct Block {
    commands: String,
    above: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn blocks(document: &str) -> Vec<Block> {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let mut found = Vec::new();
    let mut lines = text.lines();
    let mut above = "";
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let commands: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            if language == "sh" {
                found.push(Block {
                    commands: commands.join("\n"),
                    above: above.to_owned(),
                });
            }
        }
        above = line;
    }
    found
}

impl Block {
    /// What the document says of who runs the block, if it says so.
    fn said(&self) -> Option<&str> {
        let comment = self.above.strip_prefix("<!-- ")?.strip_suffix(" -->")?;
        (comment.starts_with("run by ") || comment.starts_with("not run: ")).then_some(comment)
    }
}

/// Documents whose other blocks are run: here, or by `tests/mcp_clients.rs`.
const RUN: [&str; 4] = [
    "README.md",
    "docs/guides/cargo.md",
    "docs/guides/registries.md",
    "docs/guides/docker-mcp-setup.md",
];

fn markdown(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            markdown(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

#[test]
fn every_block_of_commands_is_run_or_says_why_not() {
    let mut documents = vec![root().join("README.md")];
    markdown(&root().join("docs"), &mut documents);
    let mut count = 0;
    for document in documents {
        let name = document.strip_prefix(root()).unwrap().to_str().unwrap();
        for block in blocks(name) {
            count += 1;
            let Some(said) = block.said() else {
                assert!(
                    RUN.contains(&name),
                    "{name}: nobody runs\n{}",
                    block.commands
                );
                continue;
            };
            if let Some(test) = said.strip_prefix("run by ") {
                let test = test.split(',').next().unwrap();
                assert!(root().join(test).is_file(), "{name}: there is no `{test}`");
            }
        }
    }
    assert!(count >= 15, "the search found only {count} blocks");
}

/// A folder with what the commands of the guides name: the package `app`, a workspace
/// with the member `server`, beside another package; and programs that are there already.
fn place() -> Scratch {
    let scratch = Scratch::new();
    let package = |folder: &str, name: &str, more: &str| {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n{more}"
        );
        scratch.write(format!("{folder}/Cargo.toml"), manifest);
        scratch.write(format!("{folder}/src/main.rs"), "fn main() {}\n");
    };
    package(
        "your-project",
        "app",
        "[workspace]\nmembers = [\"server\"]\n\
         [features]\ntls = []\n[profile.dist]\ninherits = \"release\"\n",
    );
    package("your-project/server", "server", "");
    scratch.write("your-project/server/src/bin/migrate.rs", "fn main() {}\n");
    package("server", "server", "[workspace]\n");
    for (name, architecture) in [
        ("amd64", Architecture::Amd64),
        ("arm64", Architecture::Arm64),
    ] {
        architecture.write(
            &scratch,
            &format!("your-project/out/{name}/app"),
            "hello",
            1000,
        );
        let archive = format!("docker-archive:{name}.tar");
        Muslin::new()
            .folder(scratch.join("your-project"))
            .args(["pack", "--quiet", "--to", &archive, "--executable"])
            .arg(format!("linux/{name}=out/{name}/app"))
            .run();
        let status = Command::new("gzip")
            .arg(scratch.join(format!("your-project/{name}.tar")))
            .status();
        assert!(status.unwrap().success());
    }
    scratch
}

/// Puts `muslin` on the PATH of `place`.
fn install(scratch: &Scratch) {
    scratch.write_executable(
        "bin/muslin",
        format!(
            "#!/bin/sh\nexec '{}' \"$@\"\n",
            env!("CARGO_BIN_EXE_muslin")
        ),
    );
}

#[test]
fn the_commands_of_the_guide_to_registries_work() {
    let (Some(registry), Some(_)) = (Registry::start(), tool("bash")) else {
        return;
    };
    let scratch = place();
    install(&scratch);
    let path = std::env::var("PATH").unwrap();
    let mut ran = 0;
    for block in blocks("docs/guides/registries.md") {
        if block.said().is_some() {
            continue;
        }
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &block.commands])
            .current_dir(scratch.join("your-project"))
            .env_remove("CARGO_TARGET_DIR")
            // Not the login of who runs the tests.
            .env("REGISTRY_AUTH_FILE", scratch.join("no-login"))
            .env("MUSLIN_CACHE_DIR", kept_cache())
            .env("REGISTRY", format!("{}/team", registry.host()))
            .env("PATH", format!("{}:{path}", scratch.join("bin").display()))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}\n{said}", block.commands);
        ran += 1;
    }
    assert_eq!(ran, 3);
    for name in ["team/app", "team/joined", "team/mirror/app"] {
        registry.assert_tags_are_whole(name);
        assert!(registry.tags(name).contains(&"1.0".to_owned()), "{name}");
    }
}

#[test]
fn the_commands_of_the_readme_and_the_cargo_guide_work() {
    let Some(_) = tool("bash") else { return };
    let Some(engine) = Engine::get() else { return };
    let scratch = place();

    install(&scratch);

    let mut ran = 0;
    for (document, folder) in [("README.md", ""), ("docs/guides/cargo.md", "your-project")] {
        let mut folder = scratch.join(folder);
        for block in blocks(document) {
            if block.said().is_some() {
                continue;
            }
            // A machine that lacks something says so with status 1, which is no failure.
            let commands = block
                .commands
                .replace("linux/amd64=PATH", "linux/amd64=out/amd64/app")
                .replace(
                    "muslin setup --check ",
                    "muslin setup --check || test $? = 1 ",
                );
            let output = engine
                .shell(&scratch, &commands, "")
                .current_dir(&folder)
                .env_remove("CARGO_TARGET_DIR")
                .env("MUSLIN_CACHE_DIR", kept_cache())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{document}:\n{commands}\n{said}");
            if commands.starts_with("cd your-project") {
                folder = scratch.join("your-project");
            }
            ran += 1;
        }
    }
    assert_eq!(ran, 6);
    assert!(scratch.join("your-project/image/index.json").is_file());
    let loaded = engine
        .command()
        .args(["image", "inspect", "app:dev"])
        .output();
    assert!(
        loaded.unwrap().status.success(),
        "`docker-daemon:app:dev` is not there"
    );
}
