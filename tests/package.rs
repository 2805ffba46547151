//! Reading packages: golden descriptions, which the Nix lane shares, and the binaries, versions
//! and workspaces that cargo itself reports.

#[path = "package/as_cargo_reads.rs"]
mod as_cargo_reads;
mod harness;
#[path = "package/random.rs"]
mod random;

use std::error::Error;
use std::path::Path;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use harness::Scratch;
use muslin::package::files;
use muslin::package::find::{self, Selection};
use muslin::package::labels::Origin;
use muslin::package::manifest::Package;
use muslin::package::overrides::Overrides;
use serde_json::Value;

/// Each case is a folder with a package or a workspace, and either
/// `description.json` or, where there is nothing to describe, `error.txt`.
fn cases() -> Vec<Utf8PathBuf> {
    let folder = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/descriptions");
    let entries = folder.read_dir_utf8().unwrap();
    let mut cases: Vec<_> = entries.map(|entry| entry.unwrap().into_path()).collect();
    cases.sort();
    assert!(cases.len() >= 30, "{cases:?}");
    cases
}

/// The cases that have a description.
fn described() -> Vec<Utf8PathBuf> {
    let mut cases = cases();
    cases.retain(|case| case.join("description.json").is_file());
    assert!(cases.len() >= 15, "{cases:?}");
    cases
}

fn case(name: &str) -> Utf8PathBuf {
    cases()
        .into_iter()
        .find(|case| case.ends_with(name))
        .unwrap()
}

fn package(case: &Utf8Path) -> Package {
    let selection = Selection {
        path: Some(case.to_owned()),
        package: None,
    };
    find::find(case, &selection).unwrap()
}

/// The result of a case: the JSON of its description, or the error with its sources. The
/// directory of the case is replaced by `CASE`.
fn outcome(case: &Utf8Path) -> (&'static str, String) {
    let read = || -> Result<String, Box<dyn Error>> {
        let selection = Selection {
            path: Some(case.to_owned()),
            package: None,
        };
        let package = find::find(case, &selection)?;
        let described = package.describe(&Overrides::default())?;
        files::collect(package.directory(), &described.description)?;
        Ok(serde_json::to_string_pretty(&described.description)? + "\n")
    };
    match read() {
        Ok(json) => ("description.json", json),
        Err(error) => {
            let mut text = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                text += &format!("\n{error}");
                cause = error.source();
            }
            let text = text.replace(case.as_str(), "CASE");
            let above = case.parent().unwrap().as_str();
            ("error.txt", text.replace(above, "CASE/..") + "\n")
        }
    }
}

#[test]
fn every_case_gives_its_golden_description_or_error() {
    for case in cases() {
        let (name, read) = outcome(&case);
        if std::env::var_os("MUSLIN_BLESS").is_some() {
            for other in ["description.json", "error.txt"] {
                let _ = std::fs::remove_file(case.join(other));
            }
            std::fs::write(case.join(name), &read).unwrap();
        }
        let golden = case.join(name);
        let expected = std::fs::read_to_string(&golden);
        assert_eq!(expected.ok().as_deref(), Some(&*read), "{golden}");
        let other = ["error.txt", "description.json"].map(|file| case.join(file).is_file());
        assert_ne!(other[0], other[1], "{case} has both results");
    }
}

#[test]
fn binaries_and_versions_are_those_of_cargo_metadata() {
    for case in described() {
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
        let default_run = ours.manifest.package().default_run.as_deref();
        assert_eq!(theirs["default_run"].as_str(), default_run, "{case}");
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
    let package = package(&case("full"));
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
fn version_and_revision_have_the_origin_that_they_came_from() {
    let origins = |name: &str, overrides: &Overrides| {
        let described = package(&case(name)).describe(overrides).unwrap();
        (described.version, described.revision)
    };
    let said = |text: &str, origin| Some((text.to_owned(), origin));
    let mut overrides = Overrides::default();
    assert_eq!(
        origins("minimal", &overrides),
        (said("0.1.0", Origin::Package), None)
    );
    let table = said("from-the-table", Origin::Table);
    assert_eq!(
        origins("odd-values", &overrides),
        (table.clone(), table.clone())
    );
    // An empty variable counts as unset.
    overrides.version_variable = Some(String::new());
    overrides.revision_variable = Some("abc".to_owned());
    assert_eq!(
        origins("odd-values", &overrides),
        (table, said("abc", Origin::Environment))
    );
    overrides.revision_flag = Some("def".to_owned());
    assert_eq!(
        origins("odd-values", &overrides).1,
        said("def", Origin::Flag)
    );
}

#[test]
fn the_publisher_replaces_owner() {
    let overrides = Overrides {
        owner: Some("Some-One".to_owned()),
        ..Overrides::default()
    };
    let described = package(&case("odd-values")).describe(&overrides).unwrap();
    let description = described.description;
    assert_eq!(
        description.image.as_deref(),
        Some("ghcr.io/some-one/tools/odd")
    );
    assert_eq!(
        description.labels["io.modelcontextprotocol.server.name"],
        "io.github.Some-One/odd"
    );
}

#[test]
fn a_member_is_chosen_by_name_and_version() {
    let folder = case("root-package");
    let chosen = |spec: &str| {
        let selection = Selection {
            path: Some(folder.clone()),
            package: Some(spec.to_owned()),
        };
        find::find(&folder, &selection).map(|package| package.name().to_owned())
    };
    for spec in ["tools", "tools@0.1.0", "tools@0.1", "tools@0"] {
        assert_eq!(chosen(spec).unwrap(), "tools", "{spec}");
    }
    assert_eq!(chosen("root-package@3.1.0").unwrap(), "root-package");
    for spec in ["tools@1", "tools@0.1.0.0", "tools@", "tools@0.1.", "tool"] {
        assert!(chosen(spec).is_err(), "{spec}");
    }
}

#[test]
fn the_nearest_manifest_above_is_found() {
    let root = case("excluded");
    let inner = root.join("apps/server/src");
    let found = find::find(&inner, &Selection::default()).unwrap();
    assert_eq!(found.name(), "server");
    assert_eq!(found.workspace_root, root);
}

/// Asserts that cargo finds the same workspace for the package in a directory.
fn assert_same_workspace(folder: &Path) {
    let folder = Utf8PathBuf::from_path_buf(folder.canonicalize().unwrap()).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["locate-project", "--workspace", "--message-format", "plain"])
        .current_dir(&folder)
        .output()
        .unwrap();
    let theirs = String::from_utf8(output.stdout).unwrap();
    let ours = package(&folder).workspace_root.join("Cargo.toml");
    assert_eq!(ours, theirs.trim(), "{folder}");
}

#[test]
fn what_is_listed_is_a_member_and_what_is_excluded_is_not() {
    for folder in ["apps/server", "apps/left-out", "others/kept"] {
        assert_same_workspace(case("excluded").join(folder).as_std_path());
    }
}

#[test]
fn path_dependencies_are_members_where_cargo_says_so() {
    let scratch = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = scratch.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let crates = [
        ("direct", ""),
        ("built", ""),
        ("unix", ""),
        ("shared", ""),
        ("left-out", ""),
        (
            "app",
            "[dependencies]\ndirect = { path = \"../direct\" }\nshared.workspace = true\n\
             [build-dependencies]\nbuilt = { path = \"../built\" }\n\
             [target.'cfg(unix)'.dependencies]\nunix = { path = \"../unix\" }\n\
             [dev-dependencies]\nleft-out = { path = \"../left-out\" }\n",
        ),
    ];
    let root = "workspace";
    write(
        &format!("{root}/Cargo.toml"),
        "[workspace]\nmembers = [\"ap*\"]\nexclude = [\"left-out\"]\nresolver = \"2\"\n\
         [workspace.dependencies]\nshared = { path = \"shared\" }\n",
    );
    for (name, rest) in crates {
        let head = "version = \"1.0.0\"\nedition = \"2021\"\n";
        write(
            &format!("{root}/{name}/Cargo.toml"),
            &format!("[package]\nname = \"{name}\"\n{head}{rest}"),
        );
        write(&format!("{root}/{name}/src/lib.rs"), "");
    }
    for (name, _) in crates {
        assert_same_workspace(&scratch.path().join(root).join(name));
    }
}

#[test]
fn a_package_outside_is_a_member_where_it_leads_to_the_workspace() {
    let scratch = Scratch::new();
    let write = |directory: &str, rest: &str| {
        let name = directory.rsplit('/').next().unwrap();
        scratch.write(
            format!("{directory}/Cargo.toml"),
            format!(
                "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n{rest}"
            ),
        );
        scratch.write(format!("{directory}/src/lib.rs"), "");
    };
    scratch.write(
        "workspace/Cargo.toml",
        "[workspace]\nmembers = [\"app\"]\nresolver = \"2\"\n",
    );
    write(
        "workspace/app",
        "[dependencies]\nnamed = { path = \"../../named\" }\nstranger = { path = \"../../stranger\" }\n",
    );
    write(
        "named",
        "workspace = \"../workspace\"\n[dependencies]\ninner = { path = \"inner\" }\n",
    );
    write("named/inner", "");
    write("stranger", "");
    for directory in ["workspace/app", "named", "named/inner", "stranger"] {
        assert_same_workspace(&scratch.join(directory));
    }
    let selection = Selection {
        path: None,
        package: Some("inner".to_owned()),
    };
    let workspace = Utf8PathBuf::from_path_buf(scratch.join("workspace")).unwrap();
    let found = find::find(&workspace, &selection).unwrap();
    assert!(found.directory().ends_with("named/inner"), "{found:?}");
}

#[test]
fn the_reference_page_has_every_key() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/reference/description.md")).unwrap();
    for key in muslin::package::metadata::table::KEYS {
        assert!(
            page.contains(&format!("| `{key}` |")),
            "`{key}` is not in the page"
        );
    }
}
