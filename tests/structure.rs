//! Keeps the direction of imports: `main` → `cli`, `mcp` → `operations` → `package`,
//! `compile`, `image`, `transport`, `cache`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which modules of ours each module may import, beside itself.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    ("lib", &[]),
    (
        "cli",
        &[
            "error_chain",
            "mcp",
            "operations",
            "package",
            "compile",
            "image",
            "transport",
            "cache",
        ],
    ),
    (
        "mcp",
        &[
            "error_chain",
            "operations",
            "package",
            "compile",
            "image",
            "transport",
            "cache",
        ],
    ),
    (
        "operations",
        &["package", "compile", "image", "transport", "cache"],
    ),
    ("package", &["image"]),
    ("compile", &["image"]),
    ("transport", &["image", "cache"]),
    ("cache", &["image"]),
    ("image", &[]),
    ("error_chain", &[]),
];

/// Crates that only one module may name.
const ONLY_IN: &[(&str, &str)] = &[("clap", "cli"), ("rmcp", "mcp"), ("tokio", "mcp")];

fn source_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The module at the top of `src` that a file belongs to.
fn module_of(file: &Path) -> String {
    let first = file.components().next().unwrap();
    let name = Path::new(first.as_os_str()).file_stem().unwrap();
    name.to_str().unwrap().to_owned()
}

/// A source without its comments and without the insides of its strings, so
/// that only code is searched.
fn code_of(source: &str) -> String {
    let mut code = String::new();
    for line in source.lines() {
        let line = line.split("//").next().unwrap();
        for (index, part) in line.split('"').enumerate() {
            code.push_str(if index % 2 == 0 { part } else { "\"\"" });
        }
        code.push('\n');
    }
    code
}

/// The names that follow each `prefix` in `code`, groups in braces included:
/// `crate::{image::x, cache}` gives `image` and `cache`.
fn names_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = code[at + prefix.len()..].trim_start();
        let Some(group) = rest.strip_prefix('{') else {
            names.insert(identifier(rest));
            continue;
        };
        let mut depth = 0;
        let mut item = String::new();
        for c in group.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    names.insert(identifier(item.trim_start()));
                    item.clear();
                    continue;
                }
                _ => {}
            }
            item.push(c);
        }
        names.insert(identifier(item.trim_start()));
    }
    names.remove("");
    names
}

fn identifier(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// Every import that the two tables do not allow, as `file: what`.
fn forbidden(files: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let mut found = Vec::new();
    for (file, source) in files {
        let module = module_of(file);
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
            found.push(format!(
                "{}: `{module}` is not in the table of this test",
                file.display()
            ));
            continue;
        };
        let code = code_of(source);
        let mut ours = names_after(&code, "crate::");
        ours.extend(names_after(&code, "muslin::"));
        for name in ours {
            let known = MAY_IMPORT.iter().any(|(module, _)| *module == name);
            if known && name != module && !allowed.contains(&name.as_str()) {
                found.push(format!("{}: `{module}` imports `{name}`", file.display()));
            }
        }
        for (name, owner) in ONLY_IN {
            let path = format!("{name}::");
            if module != *owner && !names_after(&code, &path).is_empty() {
                found.push(format!("{}: `{module}` names `{name}`", file.display()));
            }
        }
    }
    found
}

#[test]
fn modules_import_only_what_lies_below_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    source_files(&root, &mut paths);
    let files: BTreeMap<PathBuf, String> = paths
        .into_iter()
        .map(|path| {
            let source = fs::read_to_string(&path).unwrap();
            (path.strip_prefix(&root).unwrap().to_owned(), source)
        })
        .collect();
    assert!(
        files.len() > 20,
        "the search found only {} files",
        files.len()
    );
    assert_eq!(forbidden(&files), Vec::<String>::new());
}

#[test]
fn an_import_against_the_direction_is_found() {
    let files = [
        (
            "image/tar.rs",
            "use crate::{cache::Cache, image::platform};\nuse super::digest;",
        ),
        ("compile/run.rs", "fn f() { crate::transport::read() }"),
        (
            "operations/build.rs",
            "use clap::Parser; // not crate::cli\n",
        ),
        (
            "transport/oci.rs",
            "let text = \"crate::compile::\"; use crate::image::Digest;",
        ),
    ];
    let files = files.map(|(path, source)| (PathBuf::from(path), source.to_owned()));
    assert_eq!(
        forbidden(&files.into()),
        [
            "compile/run.rs: `compile` imports `transport`",
            "image/tar.rs: `image` imports `cache`",
            "operations/build.rs: `operations` names `clap`",
        ]
    );
}
