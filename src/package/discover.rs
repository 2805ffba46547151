//! The binaries of a package, by the rules of cargo (the Cargo book, "Target auto-discovery").

use camino::Utf8Path;
use cargo_toml::Edition;
use serde::Deserialize;

/// What a manifest says of its binaries.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Declared {
    /// `[package]`
    #[serde(default)]
    package: PackageTable,
    /// `[[bin]]`
    bin: Option<Vec<Bin>>,
}

#[derive(Debug, Default, Deserialize)]
struct PackageTable {
    autobins: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct Bin {
    name: Option<String>,
    path: Option<String>,
}

/// A binary that cargo finds without `[[bin]]`.
struct Discovered {
    name: String,
    /// Relative to the package.
    path: String,
}

/// The names of the binaries of a package, sorted: those of `[[bin]]` and, unless that is
/// switched off, those that are discovered and not declared.
pub(super) fn binaries(
    directory: &Utf8Path,
    package: &str,
    edition: Edition,
    declared: Declared,
) -> Vec<String> {
    let autobins = declared.package.autobins;
    let discovers = match &declared.bin {
        None => autobins.unwrap_or(true),
        // In edition 2015 `[[bin]]` switches discovery off.
        Some(_) => autobins.unwrap_or(edition != Edition::E2015),
    };
    let bins = declared.bin.unwrap_or_default();
    // As cargo compares them: `./src//main.rs` is `src/main.rs`, and `src/bin/../main.rs` is not.
    let is_declared = |found: &Discovered| {
        let is_same_path = |path: &String| directory.join(path) == directory.join(&found.path);
        bins.iter().any(|bin| {
            bin.name.as_ref() == Some(&found.name) || bin.path.as_ref().is_some_and(is_same_path)
        })
    };
    let mut names: Vec<String> = if discovers {
        let found = discovered(directory, package);
        let undeclared = found.into_iter().filter(|found| !is_declared(found));
        undeclared.map(|found| found.name).collect()
    } else {
        Vec::new()
    };
    names.extend(bins.into_iter().filter_map(|bin| bin.name));
    names.sort_unstable();
    names.dedup();
    names
}

/// `src/main.rs`, and in `src/bin` the files `*.rs` and the directories with a `main.rs`.
fn discovered(directory: &Utf8Path, package: &str) -> Vec<Discovered> {
    let mut found = Vec::new();
    if directory.join("src/main.rs").exists() {
        found.push(Discovered {
            name: package.to_owned(),
            path: "src/main.rs".to_owned(),
        });
    }
    let entries = directory.join("src/bin").read_dir_utf8();
    for entry in entries.into_iter().flatten().flatten() {
        let file_name = entry.file_name();
        if file_name.starts_with('.') {
            continue;
        }
        // A symbolic link to a directory is none here.
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_directory && let Some(stem) = file_name.strip_suffix(".rs") {
            found.push(Discovered {
                name: stem.to_owned(),
                path: format!("src/bin/{file_name}"),
            });
        } else if is_directory && entry.path().join("main.rs").exists() {
            found.push(Discovered {
                name: file_name.to_owned(),
                path: format!("src/bin/{file_name}/main.rs"),
            });
        }
    }
    found
}
