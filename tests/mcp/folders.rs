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

/// A folder that the server may use, in one that it may not and starts in.
fn folder_in_a_folder() -> (Scratch, Server) {
    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "inside/app", "hello", 1000);
    let mut inner = command(&scratch);
    inner.args(["--root", "inside"]);
    let server = Server::initialized(inner, VERSIONS[0]);
    (scratch, server)
}

#[test]
fn the_default_destination_must_lie_in_the_folders_too() {
    let (scratch, mut server) = folder_in_a_folder();
    let executables = json!([{ "platform": "linux/amd64", "path": "inside/app" }]);
    let packed = server.call(1, "pack", &json!({ "executables": executables }));
    assert_eq!(packed["isError"], true, "{packed}");
    assert!(text(&packed).contains("/muslin/app` is outside the folders"));
    assert!(!scratch.join("muslin").exists());
}

#[test]
fn a_link_in_place_of_the_default_destination_is_not_followed_out_of_the_folders() {
    let (scratch, mut server) = folder_in_a_folder();
    scratch.write(
        "inside/package/Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"1.0.0\"\n",
    );
    scratch.write("inside/package/src/main.rs", "fn main() {}\n");
    Muslin::new()
        .folder(scratch.path())
        .args(["pack", "--executable", "linux/amd64=inside/app"])
        .args(["--to", "oci:precious"])
        .run();
    let index = || fs::read(scratch.join("precious/index.json")).unwrap();
    let before = index();
    scratch.folder("inside/package/target/muslin");
    symlink(
        scratch.join("precious"),
        scratch.join("inside/package/target/muslin/app"),
    )
    .unwrap();
    let executables = json!([{ "platform": "linux/amd64", "path": "inside/app" }]);
    let arguments = json!({
        "executables": executables, "path": "inside/package", "image": { "labels": { "a": "b" } },
    });
    // A build is refused before anything is compiled.
    let calls = [
        ("pack", arguments),
        ("build", json!({ "path": "inside/package" })),
    ];
    for (id, (tool, arguments)) in (1..).zip(calls) {
        let result = server.call(id, tool, &arguments);
        assert_eq!(result["isError"], true, "{tool}: {result}");
        let said = text(&result);
        assert!(
            said.contains("muslin/app` is outside the folders"),
            "{said}"
        );
    }
    assert_eq!(index(), before);
    let target = fs::read_dir(scratch.join("inside/package/target")).unwrap();
    assert_eq!(target.count(), 1);
}

#[test]
fn a_layout_whose_blobs_are_a_link_is_neither_read_nor_written() {
    let (scratch, mut server) = folder_in_a_folder();
    let executables = json!([{ "platform": "linux/amd64", "path": "inside/app" }]);
    let to = json!({ "executables": executables, "image": { "to": ["oci:inside/image"] } });
    assert_eq!(server.call(1, "pack", &to)["isError"], false);
    fs::rename(scratch.join("inside/image/blobs"), scratch.join("blobs")).unwrap();
    symlink("../../blobs", scratch.join("inside/image/blobs")).unwrap();
    for (id, tool, arguments) in [
        (2, "inspect", json!({ "reference": "oci:inside/image" })),
        (3, "pack", to),
    ] {
        let result = server.call(id, tool, &arguments);
        assert_eq!(result["isError"], true, "{tool}: {result}");
        assert!(
            text(&result).contains("image/blobs` is a symlink"),
            "{result}"
        );
    }
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
