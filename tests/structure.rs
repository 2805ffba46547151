//! Keeps the structure of the code: which room may import which, no file in a circle of
//! imports, and crates that only one room names.

#[path = "structure/imports.rs"]
mod imports;

use std::collections::BTreeMap;
use std::path::Path;

use imports::{Crate, circles};

/// Which rooms at the top of `src` each room may import. What is imported by everyone, such
/// as `platform`, imports nothing.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    ("lib", &[]),
    (
        "cli",
        &[
            "cache",
            "compile",
            "elf",
            "error_chain",
            "mcp",
            "operations",
            "options",
            "package",
            "packing",
            "platform",
            "quote",
        ],
    ),
    (
        "mcp",
        &[
            "cache",
            "compile",
            "elf",
            "error_chain",
            "operations",
            "options",
            "package",
            "packing",
            "platform",
            "quote",
        ],
    ),
    ("options", &["compile", "operations", "package", "platform"]),
    (
        "operations",
        &[
            "cache",
            "compile",
            "dockerfile",
            "elf",
            "package",
            "packing",
            "platform",
        ],
    ),
    ("dockerfile", &["compile", "package", "packing", "platform"]),
    ("packing", &["cache", "elf", "package", "platform"]),
    ("package", &["platform", "quote"]),
    ("compile", &["cache", "platform", "temporary"]),
    ("cache", &["temporary"]),
    ("elf", &["platform"]),
    ("error_chain", &[]),
    ("platform", &[]),
    ("quote", &[]),
    ("temporary", &[]),
];

/// Crates that only these rooms may name.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("clap", &["cli", "options"]),
    ("rmcp", &["mcp"]),
    ("tokio", &["mcp"]),
    // Who reaches registries is handed in where the host is made.
    ("muslin_registry", &["options"]),
    // Where images live is no matter of describing or compiling.
    (
        "muslin_oci::transport",
        &["cli", "mcp", "operations", "options"],
    ),
];

fn muslin() -> Crate {
    Crate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

fn muslin_registry() -> Crate {
    Crate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/registry/src"))
}

fn muslin_oci() -> Crate {
    Crate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/oci/src"))
}

/// The room that a file belongs to: the first part of its path.
fn room(file: &str) -> &str {
    let first = file.split('/').next().unwrap();
    first.strip_suffix(".rs").unwrap_or(first)
}

/// Every import that the tables do not allow, as `file: what`.
fn forbidden(source: &Crate) -> Vec<String> {
    let mut found = Vec::new();
    for (file, imported) in source.imports() {
        let from = room(&file);
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == from) else {
            found.push(format!("{file}: `{from}` is not in the table of this test"));
            continue;
        };
        for to in imported.iter().map(|file| room(file)) {
            if to != from && !allowed.contains(&to) {
                found.push(format!("{file}: `{from}` imports `{to}`"));
            }
        }
        for (name, rooms) in ONLY_IN {
            if !rooms.contains(&from) && source.names(&file, name) {
                found.push(format!("{file}: `{from}` names `{name}`"));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn rooms_import_only_what_lies_below_them() {
    let muslin = muslin();
    assert!(
        muslin.imports().len() > 60,
        "the search found too few files"
    );
    assert_eq!(forbidden(&muslin), Vec::<String>::new());
}

#[test]
fn no_file_is_in_a_circle_of_imports() {
    for source in [muslin_oci(), muslin_registry(), muslin()] {
        assert_eq!(circles(&source.imports()), Vec::<Vec<String>>::new());
    }
}

#[test]
fn muslin_oci_knows_neither_cargo_nor_clap_nor_zig_nor_a_network() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/oci/Cargo.toml");
    let manifest: toml::Table =
        toml::from_str(&std::fs::read_to_string(manifest).unwrap()).unwrap();
    let dependencies = manifest["dependencies"].as_table().unwrap();
    assert!(dependencies.len() > 5);
    for name in dependencies.keys() {
        let foreign = [
            "cargo", "clap", "http", "muslin", "object", "rustls", "ureq", "zig",
        ];
        assert!(!foreign.iter().any(|word| name.contains(word)), "{name}");
    }
}

/// A crate of these files.
fn invented(files: &[(&str, &str)]) -> Crate {
    let files: BTreeMap<String, String> = files
        .iter()
        .map(|(path, source)| ((*path).to_owned(), (*source).to_owned()))
        .collect();
    Crate::parse(&files)
}

#[test]
fn an_import_against_the_direction_is_found() {
    let source = invented(&[
        (
            "lib.rs",
            "mod cli; mod compile; mod operations; mod package;",
        ),
        ("cli/mod.rs", "mod build; pub use build::run;"),
        (
            "cli/build.rs",
            "use crate::operations::build; fn run() { build::build() }",
        ),
        ("operations/mod.rs", "pub mod build;"),
        (
            "operations/build.rs",
            "// not crate::cli\nuse clap::Parser; pub fn build() { crate::cli::run() }",
        ),
        (
            "compile.rs",
            "use crate::{package::{Package, find}}; const TEXT: &str = \"crate::cli\";",
        ),
        ("package.rs", "pub struct Package; pub fn find() {}"),
    ]);
    assert_eq!(
        forbidden(&source),
        [
            "compile.rs: `compile` imports `package`",
            "operations/build.rs: `operations` imports `cli`",
            "operations/build.rs: `operations` names `clap`",
        ]
    );
}

#[test]
fn a_circle_of_files_is_found_through_reexports_and_module_names() {
    let source = invented(&[
        ("lib.rs", "mod a;"),
        (
            "a/mod.rs",
            "mod one; mod two; mod three; mod four; pub use one::One; pub use three::*;",
        ),
        // To `three` by a glob, to `two` by the name of a module.
        (
            "a/one.rs",
            "use super::{Three, two}; pub struct One; fn f(_: Three) { two::g() }",
        ),
        ("a/two.rs", "use crate::a::One; pub fn g() { let _ = One; }"),
        (
            "a/three.rs",
            "pub struct Three; #[cfg(test)] mod tests { use super::super::One; }",
        ),
        ("a/four.rs", "fn f(_: super::One) { self::g() } fn g() {}"),
    ]);
    assert_eq!(circles(&source.imports()), [["a/one.rs", "a/two.rs"]]);
    assert!(source.imports()["a/one.rs"].contains("a/three.rs"));
    assert!(source.imports()["a/four.rs"].contains("a/one.rs"));
}
