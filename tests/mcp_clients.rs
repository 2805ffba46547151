//! The official SDKs talk to the server: the executable, and the container.

#![cfg(feature = "mcp")]

mod harness;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use harness::server::Server;
use harness::{Engine, Muslin, Scratch, cache_with_toolchain, skip, tool};
use serde_json::{Value, json};

const TOOLS: [&str; 6] = ["build", "pack", "index", "copy", "inspect", "setup_check"];

/// The folder with an SDK, if `scripts/mcp-clients` has installed it.
fn sdk(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/tools")
        .join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    skip(&format!("`{name}` is missing; run `scripts/mcp-clients`"));
    None
}

fn python(mode: &str, package: &str, image: &str) -> Option<Command> {
    let mut python = tool("python3")?;
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mcp_clients");
    python
        .env("PYTHONPATH", sdk("mcp-python")?)
        .arg(clients.join("client.py"))
        .args([mode, package, image]);
    Some(python)
}

fn typescript(package: &str, image: &str) -> Option<Command> {
    let mut node = tool("node")?;
    node.arg(sdk("mcp-typescript")?.join("client.mjs"))
        .args([package, image]);
    Some(node)
}

/// Runs a client that starts this server, and gives what it found.
#[track_caller]
fn found(mut client: Command, server: &Command) -> Value {
    let output = client
        .arg(server.get_program())
        .args(server.get_args())
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("the client says {text}"))
}

/// A folder with an image to inspect and a small package to build.
fn place() -> Scratch {
    let scratch = Scratch::new();
    for (name, architecture) in [
        ("amd64", harness::Architecture::Amd64),
        ("arm64", harness::Architecture::Arm64),
    ] {
        architecture.write(&scratch, &format!("{name}/app"), "hello", 1000);
    }
    Muslin::new()
        .folder(scratch.path())
        .args(["pack", "--quiet", "--to", "oci:image"])
        .args(["--executable", "linux/amd64=amd64/app"])
        .args(["--executable", "linux/arm64=arm64/app"])
        .run();
    scratch.write(
        "package/Cargo.toml",
        "[package]\nname = \"small\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[workspace]\n",
    );
    scratch.write("package/src/main.rs", "fn main() { println!(\"hello\") }\n");
    scratch
}

/// The server in this folder, as a client starts it: with the client's variables.
fn server_in(scratch: &Scratch) -> Command {
    // The SDKs pass no other variables on than their own choice.
    let cache = format!("MUSLIN_CACHE_DIR={}", cache_with_toolchain().display());
    let mut command = Command::new("env");
    command
        .args([&cache, env!("CARGO_BIN_EXE_muslin"), "mcp", "--root"])
        .arg(scratch.path());
    command
}

#[track_caller]
fn assert_served(found: &Value) {
    assert_eq!(found["server"], "muslin");
    assert_eq!(found["tools"], json!(TOOLS));
    assert_eq!(found["platforms"], json!(["linux/amd64", "linux/arm64"]));
    assert_eq!(found["outside"], true, "{found}");
    assert_eq!(found["unknown"], -32602, "{found}");
}

#[test]
fn the_python_sdk_builds_a_package_in_the_newest_and_an_older_protocol() {
    let scratch = place();
    let image = format!("oci:{}", scratch.join("image").display());
    let package = scratch.join("package");
    let mut digests = Vec::new();
    for (mode, protocol) in [("auto", "2026-07-28"), ("legacy", "2025-11-25")] {
        let Some(client) = python(mode, package.to_str().unwrap(), &image) else {
            return;
        };
        let found = found(client, &server_in(&scratch));
        assert_served(&found);
        assert_eq!(found["protocol"], protocol);
        assert_eq!(found["error"], false, "{found}");
        digests.push(found["digest"].clone());
        // Where nothing changed cargo has nothing to say.
        if mode == "auto" {
            assert_eq!(found["progress"], true, "{found}");
        }
    }
    assert_eq!(digests[0], digests[1]);
}

#[test]
fn the_typescript_sdk_builds_a_package() {
    let scratch = place();
    let image = format!("oci:{}", scratch.join("image").display());
    let package = scratch.join("package");
    let Some(client) = typescript(package.to_str().unwrap(), &image) else {
        return;
    };
    let found = found(client, &server_in(&scratch));
    assert_served(&found);
    assert_eq!(found["error"], false, "{found}");
    assert_eq!(found["progress"], true, "{found}");
}

/// An image with this build of the server for the machine at hand, as `make image`
/// has made it.
fn our_image(engine: &Engine, scratch: &Scratch) -> Option<String> {
    let layout = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/muslin/muslin");
    if !layout.join("index.json").is_file() {
        skip("`make image` has not been run");
        return None;
    }
    let archive = scratch.join("muslin.tar");
    let status = tool("skopeo")?
        .args(["copy", "--quiet", "--insecure-policy"])
        .arg(format!("oci:{}:latest", layout.display()))
        .arg(format!("docker-archive:{}:mcp:tested", archive.display()))
        .status()
        .unwrap();
    assert!(status.success());
    engine.load(&archive);
    Some("mcp:tested".to_owned())
}

/// `docker run` of the server as the guide says, with the folder at `/data`.
fn container(engine: &Engine, image: &str, folder: &Path, options: &[&str]) -> Command {
    let mut command = engine.command();
    command
        .args([
            "run",
            "-i",
            "--rm",
            "--network",
            "none",
            "--read-only",
            "--tmpfs",
            "/tmp",
        ])
        .args(options)
        .arg("--mount")
        .arg(format!(
            "type=bind,src={},dst=/data,readonly",
            folder.display()
        ))
        .arg(image);
    command
}

#[test]
fn the_container_is_that_server() {
    let Some(engine) = Engine::get() else { return };
    let scratch = place();
    let Some(image) = our_image(&engine, &scratch) else {
        return;
    };
    let server = container(&engine, &image, scratch.path(), &[]);
    if let Some(client) = python("auto", "-", "oci:/data/image") {
        let found = found(client, &server);
        assert_eq!(found["tools"], json!(TOOLS));
        assert_eq!(found["platforms"], json!(["linux/amd64", "linux/arm64"]));
    }
    if let Some(client) = typescript("-", "oci:/data/image") {
        assert_eq!(found(client, &server)["tools"], json!(TOOLS));
    }

    // No compiler is in there, and the mount is read-only.
    let mut server = Server::initialized(server, "2025-11-25");
    let built = server.call(1, "build", &json!({ "path": "/data/package" }));
    let text = built["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("`cargo` is not on the PATH"), "{text}");
    let executables = json!([{ "platform": "linux/amd64", "path": "/data/amd64/app" }]);
    let pack = |to: &str| json!({ "executables": executables, "image": { "to": [to] } });
    let packed = server.call(2, "pack", &pack("oci:/tmp/image"));
    assert_eq!(packed["isError"], false, "{packed}");
    let refused = server.call(3, "pack", &pack("oci:/data/new"));
    assert_eq!(refused["isError"], true, "{refused}");
    let text = refused["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("Read-only file system"), "{text}");
    server.close_stdin();
    let (status, _) = server.ended();
    assert!(status.success(), "{status}");
}

#[test]
fn as_the_first_process_of_a_container_it_ends_at_once() {
    let Some(engine) = Engine::get() else { return };
    let scratch = place();
    let Some(image) = our_image(&engine, &scratch) else {
        return;
    };
    for (number, end) in ["TERM", "INT", "stdin"].into_iter().enumerate() {
        let name = format!("muslin-{}-{number}", std::process::id());
        let options = ["--name", &name];
        let command = container(&engine, &image, scratch.path(), &options);
        let mut server = Server::initialized(command, "2025-11-25");
        let begun = Instant::now();
        if end == "stdin" {
            server.close_stdin();
        } else {
            let mut kill = engine.command();
            let status = kill
                .args(["kill", "--signal", end, &name])
                .stdout(Stdio::null())
                .status();
            assert!(status.unwrap().success());
        }
        let (status, _) = server.ended();
        assert!(status.success(), "{end}: {status}");
        // The engine takes its own time to clear away.
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "{end}: {:?}",
            begun.elapsed()
        );
    }
}

#[test]
fn the_image_is_small_and_says_what_it_is_on_every_platform() {
    let layout = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/muslin/muslin");
    if !layout.join("index.json").is_file() {
        skip("`make image` has not been run");
        return;
    }
    let inspected = Muslin::new()
        .args(["inspect", "--json"])
        .arg(format!(
            "oci:{}",
            fs::canonicalize(layout).unwrap().display()
        ))
        .run();
    let report: Value = serde_json::from_str(&inspected.stdout).unwrap();
    let platforms = report["platforms"].as_array().unwrap();
    assert_eq!(platforms.len(), 2);
    for platform in platforms {
        let size = platform["compressed-size"].as_u64().unwrap();
        assert!(size < 15_000_000, "{size}");
        let labels = &platform["execution"]["Labels"];
        for label in [
            "io.modelcontextprotocol.server.name",
            "io.docker.server.metadata",
        ] {
            assert!(labels[label].is_string(), "{label}");
        }
        assert_eq!(labels["mcp.server"], "true");
        assert_eq!(labels["mcp.transport"], "stdio");
        assert_eq!(platform["execution"]["Cmd"], json!(["mcp"]));
    }
}

/// The blocks of a document in this language, but for those that say why they are not run.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    let mut before = "";
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            if name == language && !before.starts_with("<!-- not run: ") {
                found.push(block.join("\n"));
            }
        }
        before = line;
    }
    found
}

#[test]
fn the_commands_of_the_guide_work() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guides/docker-mcp-setup.md");
    let guide = fs::read_to_string(guide).unwrap();
    let Some(engine) = Engine::get() else { return };
    let scratch = place();
    let Some(image) = our_image(&engine, &scratch) else {
        return;
    };
    let ours = |text: &str| text.replace("ghcr.io/OWNER/muslin:latest", &image);

    let commands = blocks(&guide, "sh");
    assert_eq!(commands.len(), 3, "{commands:?}");
    let mut answers = Vec::new();
    for command in commands {
        // The engine of the tests has no network to give.
        let output = engine
            .shell(&scratch, &ours(&command), "--network none")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {said}");
        answers.push((String::from_utf8(output.stdout).unwrap(), said.into_owned()));
    }
    assert_eq!(answers[0].0, "");
    let lines: Vec<Value> = answers[1]
        .0
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["result"]["serverInfo"]["name"], "muslin");
    assert_eq!(
        lines[1]["result"]["tools"].as_array().unwrap().len(),
        TOOLS.len()
    );
    assert!(answers[2].1.contains("muslin::mcp"), "{}", answers[2].1);

    // What clients are configured with starts the server, too.
    for config in blocks(&guide, "json") {
        let config: Value = serde_json::from_str(&config).unwrap();
        let servers = config.get("mcpServers").or(config.get("servers")).unwrap();
        let server = &servers["muslin"];
        assert_eq!(server["command"], "docker");
        let mut command = engine.command();
        for argument in server["args"].as_array().unwrap() {
            let argument = ours(argument.as_str().unwrap())
                .replace("/home/you/images", scratch.path().to_str().unwrap())
                .replace("${workspaceFolder}", scratch.path().to_str().unwrap());
            command.arg(argument);
        }
        let mut server = Server::initialized(command, "2025-11-25");
        let inspected = server.call(1, "inspect", &json!({ "reference": "oci:/data/image" }));
        assert_eq!(inspected["isError"], false, "{inspected}");
        let outside = server.call(2, "inspect", &json!({ "reference": "oci:/etc" }));
        assert_eq!(outside["isError"], true, "{outside}");
    }
}
