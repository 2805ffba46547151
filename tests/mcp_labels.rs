//! One image, one description: the labels in Cargo.toml, `server.json` for the MCP
//! registry, and what the server says of itself.

#![cfg(feature = "mcp")]

mod harness;

use std::fs;
use std::path::Path;

use camino::Utf8Path;
use harness::server::Server;
use harness::{Muslin, Scratch};
use muslin::package::find::{self, Selection};
use muslin::package::manifest::Package;
use muslin::package::overrides::Overrides;
use serde_json::{Value, json};

fn our_package() -> Package {
    let here = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
    find::find(here, &Selection::default()).unwrap()
}

fn server_json() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("server.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// What is wrong with a document, by the constraints of the registry's schema of
/// 2025-12-11 on what ours uses.
fn faults(server: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let mut check = |holds: bool, fault: &str| {
        if !holds {
            faults.push(fault.to_owned());
        }
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let length = |value: &Value| text(value).chars().count();

    let name = text(&server["name"]);
    let of = |part: &str, more: &str| {
        let fine = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c) || more.contains(c);
        !part.is_empty() && part.chars().all(fine)
    };
    let name_is_fine = name
        .split_once('/')
        .is_some_and(|(space, name)| of(space, "") && of(name, "_"));
    check(name_is_fine && (3..=200).contains(&name.len()), "name");
    check(
        (1..=100).contains(&length(&server["description"])),
        "description",
    );
    check((1..=100).contains(&length(&server["title"])), "title");
    let version = text(&server["version"]);
    let is_range = version.contains(['^', '~', '<', '>', '*', 'x']) || version == "latest";
    check(
        !version.is_empty() && version.len() <= 255 && !is_range,
        "version",
    );
    check(
        text(&server["repository"]["url"]).starts_with("https://"),
        "repository.url",
    );
    check(
        length(&server["repository"]["source"]) > 0,
        "repository.source",
    );
    for package in server["packages"].as_array().into_iter().flatten() {
        check(length(&package["registryType"]) > 0, "registryType");
        check(length(&package["identifier"]) > 0, "identifier");
        let transports = ["stdio", "streamable-http", "sse"];
        let transport = text(&package["transport"]["type"]);
        check(transports.contains(&transport.as_str()), "transport.type");
        let arguments = |key: &str| package[key].as_array().cloned().unwrap_or_default();
        for argument in [arguments("runtimeArguments"), arguments("packageArguments")].concat() {
            match argument["type"].as_str() {
                Some("named") => check(length(&argument["name"]) > 0, "argument.name"),
                Some("positional") => {
                    let said = argument["value"].is_string() || argument["valueHint"].is_string();
                    check(said, "argument.value");
                }
                _ => check(false, "argument.type"),
            }
            for input in argument["variables"].as_object().into_iter().flatten() {
                let formats = ["string", "number", "boolean", "filepath"];
                let format = input.1["format"].as_str().unwrap_or("string").to_owned();
                check(formats.contains(&format.as_str()), "variable.format");
            }
        }
        for variable in arguments("environmentVariables") {
            check(length(&variable["name"]) > 0, "environmentVariables.name");
        }
    }
    faults
}

#[test]
fn server_json_holds_the_constraints_of_its_schema() {
    let server = server_json();
    assert_eq!(faults(&server), [""; 0]);
    // The checks find what is wrong.
    for (pointer, wrong, fault) in [
        ("/name", json!("no namespace"), "name"),
        ("/description", json!("x".repeat(101)), "description"),
        ("/version", json!("^1.0"), "version"),
        (
            "/packages/0/transport/type",
            json!("pigeon"),
            "transport.type",
        ),
        (
            "/packages/0/runtimeArguments/0/type",
            json!("other"),
            "argument.type",
        ),
        ("/packages/0/identifier", json!(null), "identifier"),
    ] {
        let mut server = server.clone();
        *server.pointer_mut(pointer).unwrap() = wrong;
        assert_eq!(faults(&server), [fault]);
    }
}

#[test]
fn labels_and_server_json_say_the_same() {
    let package = our_package();
    let description = package.describe(&Overrides::default()).unwrap().description;
    let server = server_json();
    let label = |name: &str| description.labels[name].as_str();
    let of_oci = |name: &str| label(&format!("org.opencontainers.image.{name}"));

    assert_eq!(server["name"], label("io.modelcontextprotocol.server.name"));
    assert_eq!(server["description"], of_oci("description"));
    assert_eq!(server["version"], of_oci("version"));
    assert_eq!(label("mcp.server"), "true");
    let published = &server["packages"][0];
    assert_eq!(published["transport"]["type"], label("mcp.transport"));
    assert_eq!(published["registryType"], "oci");
    let image = description.image.unwrap();
    assert_eq!(
        published["identifier"],
        format!("{image}:{}", of_oci("version"))
    );
    assert_eq!(description.args, ["mcp"]);

    let docker: Value = serde_json::from_str(label("io.docker.server.metadata")).unwrap();
    assert_eq!(docker["title"], server["title"]);
    assert_eq!(docker["description"], server["description"]);
    let name = server["name"].as_str().unwrap();
    assert_eq!(docker["name"].as_str(), name.rsplit('/').next());

    // What it lists are the tools that there are.
    let scratch = Scratch::new();
    let command = Muslin::new()
        .folder(scratch.path())
        .arg("mcp")
        .command(&scratch);
    let mut running = Server::initialized(command, "2025-11-25");
    let tools = running.ask(1, "tools/list", &json!({}))["result"]["tools"].take();
    let names = |tools: &Value| -> Vec<Value> {
        let tools = tools.as_array().unwrap();
        tools.iter().map(|tool| tool["name"].clone()).collect()
    };
    assert_eq!(names(&docker["tools"]), names(&tools));
}

#[test]
fn whoever_publishes_is_filled_in() {
    let package = our_package();
    let overrides = Overrides {
        owner: Some("Team-A".to_owned()),
        version_flag: Some("2.0.0".to_owned()),
        revision_flag: Some("4f0c1d2".to_owned()),
        ..Overrides::default()
    };
    let description = package.describe(&overrides).unwrap().description;
    assert_eq!(description.image.as_deref(), Some("ghcr.io/team-a/muslin"));
    let label = |name: &str| description.labels[name].as_str();
    assert_eq!(
        label("io.modelcontextprotocol.server.name"),
        "io.github.Team-A/muslin"
    );
    assert_eq!(label("org.opencontainers.image.version"), "2.0.0");
    assert_eq!(label("org.opencontainers.image.revision"), "4f0c1d2");
}
