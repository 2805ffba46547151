//! Packages, workspaces and tables of metadata that say what cannot be.

use super::*;

/// A package with one binary and this in its table.
fn with_table(table: &str) -> (Scratch, String) {
    let scratch = Scratch::new();
    package(
        &scratch,
        &format!("[package.metadata.muslin]\n{table}\n"),
        &["app"],
    );
    let text = said(&scratch, &["build"]);
    (scratch, text)
}

#[test]
fn a_package_that_is_not_there() {
    let scratch = Scratch::new();
    insta::assert_snapshot!("no_manifest", said(&scratch, &["build"]));
    insta::assert_snapshot!("not_a_package", said(&scratch, &["build", "elsewhere"]));
}

#[test]
fn a_manifest_that_is_none() {
    let scratch = Scratch::new();
    scratch.write("Cargo.toml", "[package\n");
    insta::assert_snapshot!("broken_manifest", said(&scratch, &["build"]));
}

#[test]
fn a_package_without_a_binary_or_with_too_many() {
    let scratch = Scratch::new();
    package(&scratch, "", &[]);
    insta::assert_snapshot!("no_binary", said(&scratch, &["build"]));
    package(&scratch, "", &["one", "two"]);
    insta::assert_snapshot!("two_binaries", said(&scratch, &["build"]));
    insta::assert_snapshot!(
        "unknown_binary",
        said(&scratch, &["build", "--bin", "three"])
    );
    let both = ["build", "--bin", "one", "--bin", "two"];
    insta::assert_snapshot!("no_entrypoint", said(&scratch, &both));
}

#[test]
fn a_workspace_without_a_choice() {
    let scratch = Scratch::new();
    scratch.write("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n");
    for name in ["a", "b"] {
        let manifest = format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n");
        scratch.write(format!("{name}/Cargo.toml"), manifest);
        scratch.write(format!("{name}/src/main.rs"), "fn main() {}\n");
    }
    insta::assert_snapshot!("several_members", said(&scratch, &["build"]));
    insta::assert_snapshot!("unknown_member", said(&scratch, &["build", "-p", "c"]));
}

#[test]
fn a_workspace_whose_binaries_are_elsewhere() {
    let scratch = Scratch::new();
    for (name, target) in [("cli", "main"), ("server", "main"), ("core", "lib")] {
        let manifest = format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n");
        scratch.write(format!("crates/{name}/Cargo.toml"), manifest);
        scratch.write(format!("crates/{name}/src/{target}.rs"), "fn main() {}\n");
    }
    let workspace = |members: &str| format!("[workspace]\nmembers = [\"crates/*\"]\n{members}\n");
    package(&scratch, &workspace(""), &[]);
    insta::assert_snapshot!("no_binary_at_root", said(&scratch, &["build"]));
    package(
        &scratch,
        &workspace("default-members = [\".\", \"crates/c*\"]"),
        &[],
    );
    insta::assert_snapshot!("no_binary_at_root_with_default", said(&scratch, &["build"]));
    let none_by_default = workspace("default-members = [\"crates/core\"]");
    scratch.write("Cargo.toml", none_by_default);
    insta::assert_snapshot!("no_binary_by_default", said(&scratch, &["build"]));
}

#[test]
fn keys_and_values_of_the_table() {
    for (name, table) in [
        ("unknown_key", "platfroms = []"),
        ("far_key", "flavour = 1"),
        ("base", "base = \"debian\""),
        ("wrong_type", "tags = \"latest\""),
        ("bad_image", "image = \"Ghcr.io/X:1\""),
        ("bad_tag", "tags = [\"a b\"]"),
        ("bad_user", "user = \"root\""),
        ("bad_port", "expose = [\"http\"]"),
        ("bad_platform", "platforms = [\"linux/riscv64\"]"),
        ("bad_size", "max-size = \"big\""),
        ("bad_signal", "stop-signal = \"TERM\""),
        ("bad_workdir", "workdir = \"srv\""),
        ("unknown_entrypoint", "entrypoint = \"other\""),
    ] {
        let (_scratch, text) = with_table(table);
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn files_that_cannot_go_into_the_image() {
    let scratch = Scratch::new();
    let given = executable(&scratch);
    let pack = ["pack", "--executable", &given];
    let with_files = |from: &str| {
        let row = format!("{{ from = \"{from}\", to = \"/srv\" }}");
        package(
            &scratch,
            &format!("[package.metadata.muslin]\nfiles = [{row}]\n"),
            &["app"],
        );
        said(&scratch, &pack)
    };
    insta::assert_snapshot!("missing_file", with_files("assets"));
    std::os::unix::fs::symlink("/etc/hostname", scratch.join("link")).unwrap();
    insta::assert_snapshot!("outside_file", with_files("link"));
}
