//! Each tool does what the command does, and says what went wrong.

use serde_json::{Value, json};

use crate::harness::server::Server;
use crate::harness::{Architecture, Muslin, Scratch};
use crate::{VERSIONS, command, server, text};

#[test]
fn the_tools_are_those_of_the_snapshot() {
    let scratch = Scratch::new();
    let mut lists = Vec::new();
    for version in VERSIONS {
        let mut server = Server::initialized(command(&scratch), version);
        lists.push(server.ask(1, "tools/list", &json!({}))["result"].take());
    }
    assert_eq!(lists[0], lists[1]);
    insta::assert_json_snapshot!("tools", lists[0]);
}

#[test]
fn pack_index_and_inspect_do_what_the_commands_do() {
    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "amd64/app", "hello", 1000);
    Architecture::Arm64.write(&scratch, "arm64/app", "hello", 1000);
    let mut server = server(&scratch);
    let executables = |platforms: &[&str]| -> Value {
        platforms
            .iter()
            .map(|platform| {
                let folder = platform.split_once('/').unwrap().1;
                json!({ "platform": platform, "path": format!("{folder}/app") })
            })
            .collect()
    };
    let both = server.call(
        1,
        "pack",
        &json!({
            "executables": executables(&["linux/amd64", "linux/arm64"]),
            "image": { "labels": { "team": "a" }, "version": "2.0.0", "to": ["oci:both"] },
        }),
    );
    let command = Muslin::new().folder(scratch.path()).args([
        "pack",
        "--json",
        "--executable",
        "linux/amd64=amd64/app",
        "--executable",
        "linux/arm64=arm64/app",
        "--label",
        "team=a",
        "--version-label",
        "2.0.0",
        "--to",
        "oci:command",
    ]);
    let command: Value = serde_json::from_str(&command.run().stdout).unwrap();
    assert_eq!(both["structuredContent"]["digest"], command["digest"]);
    let digest = command["digest"].as_str().unwrap();
    assert!(
        text(&both).starts_with(&format!("`app` is {digest}\n")),
        "{both}"
    );

    for (id, platform) in [(2, "linux/amd64"), (3, "linux/arm64")] {
        let to = format!("oci:single:{}", platform.replace('/', "-"));
        let packed = server.call(
            id,
            "pack",
            &json!({
                "executables": executables(&[platform]),
                "image": { "labels": { "team": "a" }, "version": "2.0.0", "to": [to] },
            }),
        );
        assert_eq!(packed["isError"], false, "{packed}");
    }
    let joined = server.call(
        4,
        "index",
        &json!({ "sources": ["oci:single:linux-amd64", "oci:single:linux-arm64"], "to": "oci:joined" }),
    );
    assert_eq!(joined["structuredContent"]["digest"], command["digest"]);

    let inspected = server.call(5, "inspect", &json!({ "reference": "oci:joined" }));
    let report = &inspected["structuredContent"];
    let by_command = Muslin::new()
        .folder(scratch.path())
        .args(["inspect", "--json", "oci:joined"])
        .run();
    let mut by_command: Value = serde_json::from_str(&by_command.stdout).unwrap();
    by_command["reference"] = report["reference"].clone();
    assert_eq!(*report, by_command);
    assert!(text(&inspected).contains("/usr/local/bin/app: static"));
    let short = server.call(
        6,
        "inspect",
        &json!({ "reference": "oci:joined", "files": false }),
    );
    let layers = &short["structuredContent"]["platforms"][0]["layers"];
    assert_eq!(layers[0]["files"], json!([]));
}

#[test]
fn a_build_tells_its_progress_and_its_errors() {
    let scratch = Scratch::new();
    scratch.write(
        "app/Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[workspace]\n",
    );
    scratch.write("app/src/main.rs", "fn main() { println!(\"hello\") }\n");
    let mut server = server(&scratch);
    server.request(
        1,
        "tools/call",
        &json!({ "name": "build", "arguments": { "path": "app" }, "_meta": { "progressToken": "t" } }),
    );
    let mut said = Vec::new();
    let built = loop {
        let message = server.next();
        if message["id"] == 1 {
            break message;
        }
        assert_eq!(message["method"], "notifications/progress", "{message}");
        assert_eq!(message["params"]["progressToken"], "t");
        let number = message["params"]["progress"].as_f64().unwrap();
        assert!(said.last().is_none_or(|(last, _)| *last < number));
        said.push((number, message["params"]["message"].to_string()));
    };
    assert!(
        said.iter().any(|(_, text)| text.contains("Compiling app")),
        "{said:?}"
    );
    let report = &built["result"]["structuredContent"];
    let again = Muslin::new()
        .folder(scratch.join("app"))
        .with_toolchain()
        .args(["build", "--json", "--to", "oci:again"])
        .run();
    let again: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(report["digest"], again["digest"]);
    assert!(scratch.join("app/target/muslin/app/index.json").is_file());

    // What the compiler says is in the error: an agent sees no terminal.
    scratch.write("app/src/main.rs", "fn main() { no_such_function() }\n");
    let failed = server.call(2, "build", &json!({ "path": "app" }));
    assert_eq!(failed["isError"], true);
    assert!(
        text(&failed).contains("cannot find function `no_such_function`"),
        "{failed}"
    );
}

#[test]
fn a_machine_without_a_compiler_says_so() {
    let scratch = Scratch::new();
    scratch.write(
        "Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
    );
    scratch.write("src/main.rs", "fn main() {}\n");
    let mut command = command(&scratch);
    command
        .env("PATH", "/nowhere")
        .env_remove("CARGO")
        .env_remove("RUSTC");
    let mut server = Server::initialized(command, VERSIONS[0]);
    let built = server.call(1, "build", &json!({}));
    assert_eq!(built["isError"], true);
    assert!(
        text(&built).contains("`cargo` is not on the PATH"),
        "{built}"
    );
    let checked = server.call(2, "setup_check", &json!({}));
    assert_eq!(
        checked["structuredContent"]["items"][0]["ready"], false,
        "{checked}"
    );
}
