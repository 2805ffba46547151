//! What is read of a package: the golden descriptions that all lanes share, and
//! the same bins and versions that cargo sees.

#![cfg(feature = "build")]

use std::path::Path;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use muslin::package::describe::Overrides;
use muslin::package::locate::{self, Package, Selection};
use serde_json::Value;

/// Each case is a folder with a package or a workspace, and `description.json`.
fn cases() -> Vec<Utf8PathBuf> {
    let folder = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/descriptions");
    let entries = folder.read_dir_utf8().unwrap();
    let mut cases: Vec<_> = entries.map(|entry| entry.unwrap().into_path()).collect();
    cases.sort();
    assert!(cases.len() >= 6, "{cases:?}");
    cases
}

fn package(case: &Utf8Path) -> Package {
    let selection = Selection {
        path: Some(case.to_owned()),
        package: None,
    };
    locate::find(case, &selection).unwrap()
}

#[test]
fn every_golden_description_is_read_as_it_stands() {
    for case in cases() {
        let described = package(&case).describe(&Overrides::default()).unwrap();
        let read = serde_json::to_string_pretty(&described.description).unwrap() + "\n";
        let golden = case.join("description.json");
        if std::env::var_os("MUSLIN_BLESS").is_some() {
            std::fs::write(&golden, &read).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&golden).unwrap(), read, "{golden}");
    }
}

#[test]
fn binaries_and_versions_are_those_that_cargo_sees() {
    for case in cases() {
        let ours = package(&case);
        let output = Command::new(env!("CARGO"))
            .args([
                "metadata",
                "--no-deps",
                "--offline",
                "--format-version",
                "1",
            ])
            .current_dir(Path::new(case.as_str()))
            .output()
            .unwrap();
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
        let packages = metadata["packages"].as_array().unwrap();
        let theirs = packages
            .iter()
            .find(|package| package["name"] == ours.name())
            .unwrap();
        let mut bins: Vec<&str> = theirs["targets"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|target| target["kind"][0] == "bin")
            .map(|target| target["name"].as_str().unwrap())
            .collect();
        bins.sort_unstable();
        assert_eq!(ours.bins(), bins, "{case}");
        let version = ours.manifest.package().version().to_string();
        assert_eq!(theirs["version"], version, "{case}");
        let root = metadata["workspace_root"].as_str().unwrap();
        assert_eq!(ours.workspace_root, root, "{case}");
        assert_eq!(
            theirs["manifest_path"],
            ours.manifest_path.as_str(),
            "{case}"
        );
    }
}

#[test]
fn flags_come_before_variables_and_variables_before_the_table() {
    let case = cases()
        .into_iter()
        .find(|case| case.ends_with("full"))
        .unwrap();
    let package = package(&case);
    let version = |overrides: &Overrides| {
        let described = package.describe(overrides).unwrap();
        described.description.labels["org.opencontainers.image.version"].clone()
    };
    let mut overrides = Overrides::default();
    assert_eq!(version(&overrides), "1.2.3");
    overrides.version_variable = Some("2".to_owned());
    assert_eq!(version(&overrides), "2");
    overrides.version_flag = Some("3".to_owned());
    assert_eq!(version(&overrides), "3");
}

#[test]
fn the_reference_page_has_every_key() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/reference/description.md")).unwrap();
    for key in muslin::package::table::KEYS {
        assert!(
            page.contains(&format!("| `{key}` |")),
            "`{key}` is not in the page"
        );
    }
}
