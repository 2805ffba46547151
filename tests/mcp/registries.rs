//! Tools reach the registries that the server was started with, and no other.

use serde_json::json;

use crate::harness::registry::Registry;
use crate::harness::server::Server;
use crate::harness::{Architecture, Muslin, Scratch};
use crate::{VERSIONS, server, text};

#[test]
fn a_registry_that_is_not_allowed_is_refused_in_one_line() {
    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "app", "hello", 1000);
    let mut server = server(&scratch);
    let executables = json!([{ "platform": "linux/amd64", "path": "app" }]);
    let there = "docker://127.0.0.1:1/app:v1";
    let cases = [
        ("inspect", json!({ "reference": there })),
        ("copy", json!({ "source": there, "destination": "oci:x" })),
        ("copy", json!({ "source": "oci:x", "destination": there })),
        ("index", json!({ "sources": [there], "to": "oci:x" })),
        ("index", json!({ "sources": ["oci:x"], "to": there })),
        (
            "pack",
            json!({ "executables": executables, "image": { "to": [there] } }),
        ),
    ];
    for (id, (tool, arguments)) in (1..).zip(cases) {
        let result = server.call(id, tool, &arguments);
        assert_eq!(result["isError"], true, "{result}");
        assert_eq!(
            text(&result),
            format!(
                "`{there}` is in a registry that this server may not use; start it with \
                 `--registry 127.0.0.1:1` to allow it"
            )
        );
    }
    scratch.write(
        "Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\
         [package.metadata.muslin]\nimage = \"127.0.0.1:1/app\"\n",
    );
    scratch.write("src/main.rs", "fn main() {}\n");
    let arguments = json!({ "executables": executables, "image": { "push": true } });
    let result = server.call(90, "pack", &arguments);
    assert!(
        text(&result).contains("start it with `--registry 127.0.0.1:1`"),
        "{result}"
    );
}

#[test]
fn a_registry_that_is_allowed_is_pushed_to_copied_from_and_inspected() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "app", "hello", 1000);
    let command = Muslin::new()
        .folder(scratch.path())
        .args(["mcp", "--registry", &registry.host()])
        .command(&scratch);
    let mut server = Server::initialized(command, VERSIONS[0]);
    let there = format!("docker://{}/app:v1", registry.host());
    let packed = server.call(
        1,
        "pack",
        &json!({
            "executables": [{ "platform": "linux/amd64", "path": "app" }],
            "image": { "to": [there] },
        }),
    );
    assert_eq!(packed["isError"], false, "{packed}");
    registry.assert_tags_are_whole("app");
    let arguments = json!({ "source": there, "destination": "oci:copy" });
    let copied = server.call(2, "copy", &arguments);
    let digest = &packed["structuredContent"]["digest"];
    assert_eq!(&copied["structuredContent"]["digest"], digest);
    let inspected = server.call(3, "inspect", &json!({ "reference": there }));
    assert_eq!(&inspected["structuredContent"]["digest"], digest);
    assert_eq!(inspected["structuredContent"]["layers-read"], false);
}
