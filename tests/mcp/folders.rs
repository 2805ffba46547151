//! Reading and writing stay within the folders of `--root`.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;

use serde_json::json;

use crate::harness::server::Server;
use crate::harness::{Architecture, Muslin, Output, Scratch};
use crate::{VERSIONS, command, server, text};

/// A refusal without the first thing that it quotes.
fn without_path(refusal: &str) -> String {
    let mut parts: Vec<&str> = refusal.split('`').collect();
    parts[1] = "PATH";
    parts.join("`")
}

#[test]
fn paths_lead_into_the_folders_and_nowhere_else() {
    let scratch = Scratch::new();
    let outside = Scratch::new();
    Architecture::Amd64.write(&scratch, "app", "hello", 1000);
    Architecture::Amd64.write(&outside, "app", "hello", 1000);
    outside.write(
        "Cargo.toml",
        "[package]\nname = \"outside\"\nversion = \"1.0.0\"\n",
    );
    let there = outside.path().to_str().unwrap();
    symlink(outside.path(), scratch.join("link")).unwrap();
    symlink(outside.join("new"), scratch.join("dangling")).unwrap();
    let mut server = server(&scratch);

    let executable = |path: &str| json!([{ "platform": "linux/amd64", "path": path }]);
    let to = |to: &str| json!({ "executables": executable("app"), "image": { "to": [to] } });
    let away = format!("{there}/app");
    let cases = [
        ("inspect", json!({ "reference": format!("oci:{there}") })),
        ("inspect", json!({ "reference": "docker-archive:link/app" })),
        (
            "inspect",
            json!({ "reference": "oci-archive:../../etc/passwd" }),
        ),
        (
            "index",
            json!({ "sources": ["oci:app"], "to": format!("oci:{there}/new") }),
        ),
        (
            "pack",
            json!({ "executables": executable(&away), "image": { "to": ["oci:x"] } }),
        ),
        (
            "pack",
            json!({ "executables": executable("link/app"), "image": { "to": ["oci:x"] } }),
        ),
        ("pack", to(&format!("oci:{there}/new"))),
        ("pack", to("oci-archive:link/new.tar")),
        ("pack", to("oci:dangling")),
        ("build", json!({ "path": there })),
        ("build", json!({ "path": "link" })),
        ("setup_check", json!({ "path": there })),
    ];
    let allowed = scratch.path().canonicalize().unwrap();
    let mut refusals = BTreeSet::new();
    for (id, (tool, arguments)) in (1..).zip(cases) {
        let result = server.call(id, tool, &arguments);
        assert_eq!(result["isError"], true, "{tool} {arguments}: {result}");
        let said = Output::redacted(text(&result), &allowed, "DIR");
        refusals.insert(without_path(&said));
    }
    insta::assert_snapshot!(refusals.into_iter().collect::<Vec<_>>().join("\n"), @"`PATH` is outside the folders that this server may use: `DIR`; start it with `--root FOLDER` to allow another");
    let daemon = server.call(90, "inspect", &json!({ "reference": "docker-daemon:a:b" }));
    insta::assert_snapshot!(text(&daemon), @"`docker-daemon:a:b` is an image of the Docker daemon, which this server may not use; start it with `--docker-daemon` to allow it");
    let nowhere = server.call(91, "build", &json!({ "crate": "hexyl" }));
    insta::assert_snapshot!(text(&nowhere), @"a published package has no folder of its own that its image could go to; say in `to` of `image` where it goes");
    let names: Vec<_> = fs::read_dir(outside.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");

    // A second folder is allowed when it is named.
    let mut wider = command(&scratch);
    wider
        .args(["--root", "."])
        .arg("--root")
        .arg(outside.path());
    let mut wider = Server::initialized(wider, VERSIONS[0]);
    let packed = wider.call(1, "pack", &to(&format!("oci:{there}/image")));
    assert_eq!(packed["isError"], false, "{packed}");
}

/// The server's own process tells nothing of the folder that it is in.
#[test]
fn the_folders_are_said_by_name_when_one_is_missing() {
    let scratch = Scratch::new();
    let output = Muslin::new()
        .folder(scratch.path())
        .args(["mcp", "--root", "missing"])
        .status(2)
        .run();
    let folder = scratch.path().canonicalize().unwrap();
    let said = Output::redacted(&output.stderr, &folder, "DIR");
    insta::assert_snapshot!(said, @"error: `--root DIR/missing` is no folder that can be read: No such file or directory (os error 2)");
}
