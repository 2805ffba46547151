//! Random packages and workspaces, read by cargo, by muslin and by the Nix lane.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use muslin::package::find::{self, FindError, Selection};
use serde_json::Value;

use crate::harness::{Scratch, succeed, tool};
use crate::random::{self, Random};

const CASES: u64 = 250;

/// Another seed makes other packages: `MUSLIN_TEST_SEED=NUMBER`.
fn seed() -> u64 {
    env::var("MUSLIN_TEST_SEED").map_or(16, |seed| seed.parse().unwrap())
}

/// What cargo says of a workspace.
#[derive(Debug, PartialEq, Eq)]
struct Reading {
    /// The members by name: their directories, relative to the workspace, and their binaries.
    members: BTreeMap<String, (Utf8PathBuf, Vec<String>)>,
    /// What is built where no package is selected; only the members that have binaries.
    default: Vec<String>,
}

/// A workspace that cargo accepts.
struct Case {
    number: u64,
    folder: Utf8PathBuf,
    cargo: Reading,
}

impl Case {
    /// A difference, with the seed, the number and the files of the case.
    fn show(&self, difference: &str) -> String {
        let (number, seed) = (self.number, seed());
        let mut text = format!("case {number} of `MUSLIN_TEST_SEED={seed}`\n{difference}\n");
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in folder.read_dir_utf8().unwrap() {
                let path = entry.unwrap().into_path();
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                    continue;
                }
                writeln!(text, "{}", path.strip_prefix(&self.folder).unwrap()).unwrap();
                if path.file_name() == Some("Cargo.toml") {
                    text += &fs::read_to_string(&path).unwrap().replace('\n', "\n    ");
                    text.push('\n');
                }
            }
        }
        text
    }
}

/// The cases that cargo accepts. What it refuses is read all the same, and may give an error:
/// both lanes run cargo, which then says why.
fn cases(scratch: &Scratch) -> Vec<Case> {
    let root = scratch.path().canonicalize().unwrap();
    let root = Utf8PathBuf::from_path_buf(root).unwrap();
    let case = |number: u64| {
        let folder = root.join(number.to_string());
        random::write(
            &mut Random::new(seed().wrapping_mul(1 << 32).wrapping_add(number)),
            folder.as_std_path(),
        );
        let Some(cargo) = read_with_cargo(&folder) else {
            read_with_muslin(&folder);
            return None;
        };
        Some(Case {
            number,
            folder,
            cargo,
        })
    };
    (0..CASES).filter_map(case).collect()
}

/// What `cargo metadata` says, or nothing where cargo refuses the workspace.
fn read_with_cargo(folder: &Utf8Path) -> Option<Reading> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(folder)
        .output()
        .unwrap();
    if !output.status.success() {
        return None;
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut members = BTreeMap::new();
    let mut default = Vec::new();
    let defaults = metadata["workspace_default_members"].as_array().unwrap();
    for package in metadata["packages"].as_array().unwrap() {
        let targets = package["targets"].as_array().unwrap();
        let mut bins: Vec<String> = targets
            .iter()
            .filter(|target| target["kind"][0] == "bin")
            .map(|target| text(&target["name"]))
            .collect();
        bins.sort_unstable();
        let manifest = Utf8PathBuf::from(text(&package["manifest_path"]));
        let directory = manifest.parent().unwrap().strip_prefix(folder).unwrap();
        if defaults.contains(&package["id"]) && !bins.is_empty() {
            default.push(text(&package["name"]));
        }
        members.insert(text(&package["name"]), (directory.to_owned(), bins));
    }
    default.sort_unstable();
    Some(Reading { members, default })
}

/// What muslin says. The default is empty for a workspace with a root package, which muslin
/// builds whatever `default-members` says.
fn read_with_muslin(folder: &Utf8Path) -> Reading {
    let find = |package: Option<&str>| {
        let selection = Selection {
            path: None,
            package: package.map(str::to_owned),
        };
        find::find(folder, &selection)
    };
    let names = |list: &str| -> Vec<String> {
        let quoted = list.split(", ").filter(|name| !name.is_empty());
        quoted
            .map(|name| name.trim_matches('`').to_owned())
            .collect()
    };
    let members = match find(Some("no-such-package")) {
        Err(FindError::NoMember { members, .. }) => names(&members),
        other => vec![format!("{other:?}")],
    };
    let read = |name: &str| -> Result<(Utf8PathBuf, Vec<String>), FindError> {
        let package = find(Some(name))?;
        let directory = package.directory();
        // From its own directory, the package and its workspace are the same.
        let here = find::find(directory, &Selection::default())?;
        let mut bins = package.bins().to_vec();
        if (here.name(), &*here.workspace_root) != (name, folder) {
            bins.push(format!("workspace {}", here.workspace_root));
        }
        let directory = directory.strip_prefix(folder).unwrap_or(directory);
        Ok((directory.to_owned(), bins))
    };
    let member = |name: String| {
        let read = read(&name).unwrap_or_else(|error| (error.to_string().into(), Vec::new()));
        (name, read)
    };
    let members: BTreeMap<_, _> = members.into_iter().map(member).collect();
    let default = match find(None) {
        Ok(package) if package.manifest.workspace.is_some() => Vec::new(),
        Ok(package) => vec![package.name().to_owned()],
        Err(FindError::SeveralMembers { members, .. }) => names(&members),
        Err(FindError::NoBinaries(_) | FindError::NoDefaultBinaries { .. }) => Vec::new(),
        Err(error) => vec![error.to_string()],
    };
    Reading { members, default }
}

#[test]
fn random_packages_are_read_as_cargo_reads_them() {
    let scratch = Scratch::new();
    let cases = cases(&scratch);
    assert!(cases.len() > 100, "cargo accepts only {}", cases.len());
    let mut differences = Vec::new();
    for case in &cases {
        let mut cargo = Reading {
            members: case.cargo.members.clone(),
            default: case.cargo.default.clone(),
        };
        let ours = read_with_muslin(&case.folder);
        if cargo.members.values().any(|(directory, _)| directory == "") {
            cargo.default = ours.default.clone();
        }
        if ours != cargo {
            differences.push(case.show(&format!("muslin: {ours:?}\ncargo: {cargo:?}")));
        }
    }
    assert_none(&differences, &cases);
}

#[test]
fn random_packages_are_read_in_nix_as_cargo_reads_them() {
    let Some(mut nix) = tool("nix-instantiate") else {
        return;
    };
    let scratch = Scratch::new();
    let cases = cases(&scratch);
    let input: Vec<Value> = cases
        .iter()
        .map(|case| {
            let packages = case.cargo.members.values().map(|(directory, _)| directory);
            let packages: Vec<&str> = packages.map(|directory| directory.as_str()).collect();
            serde_json::json!({ "root": case.folder, "packages": packages })
        })
        .collect();
    let file = scratch.write("cases.json", serde_json::to_vec(&input).unwrap());
    let expression = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/package/cases.nix");
    let output = succeed(
        nix.args(["--eval", "--strict", "--json", "--argstr", "casesFile"])
            .arg(file)
            .arg(expression),
    );
    let read: Vec<Vec<Value>> = serde_json::from_slice(&output).unwrap();
    assert_eq!(read.len(), cases.len());
    let mut differences = Vec::new();
    for (case, read) in cases.iter().zip(read) {
        for ((name, (_, bins)), read) in case.cargo.members.iter().zip(read) {
            let cargo = serde_json::json!([name, bins]);
            let ours = serde_json::json!([read["name"], read["bins"]]);
            if ours != cargo {
                differences.push(case.show(&format!("Nix: {ours}\ncargo: {cargo}")));
            }
            // Nix lists the root package apart, and adds excluded packages that are built.
            let members = read["members"].as_array();
            for (member, (directory, _)) in &case.cargo.members {
                let is_member = members.is_some_and(|all| all.contains(&member.as_str().into()));
                if directory != "" && !is_member {
                    differences.push(case.show(&format!("`{member}` is no member in Nix")));
                }
            }
        }
    }
    assert_none(&differences, &cases);
}

#[track_caller]
fn assert_none(differences: &[String], cases: &[Case]) {
    assert!(
        differences.is_empty(),
        "{} differences in {} cases, the first in {}",
        differences.len(),
        cases.len(),
        differences[0]
    );
}
