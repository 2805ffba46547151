use std::collections::BTreeSet;

use auditable_serde::{DependencyKind, VersionInfo};

use super::{ListError, add_linked, dependency_list};
use crate::artifact;
use crate::lockfile::{LockedPackage, Lockfile};

const TRIPLE: &str = "x86_64-unknown-linux-musl";

/// An application that depends on `serde` with its derive macro, a build script's `cc`, a local
/// crate whose tests depend on the application, and a crate of another platform.
const LOCK: &str = r#"
version = 4
[[package]]
name = "app"
version = "1.0.0"
dependencies = ["cc", "core", "serde", "winapi"]
[[package]]
name = "cc"
version = "1.2.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "core"
version = "0.1.0"
dependencies = ["app", "itoa 1.0.0"]
[[package]]
name = "itoa"
version = "0.4.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "itoa"
version = "1.0.0"
source = "git+https://example.org/itoa?branch=main#0123"
[[package]]
name = "serde"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
dependencies = ["serde_derive"]
[[package]]
name = "serde_derive"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
dependencies = ["syn"]
[[package]]
name = "syn"
version = "2.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "winapi"
version = "0.3.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
"#;

fn message(id: &str, name: &str, kind: &str, folder: &str) -> String {
    let executable = if kind == "bin" {
        format!("\"/t/{folder}/release/{name}\"")
    } else {
        "null".to_owned()
    };
    format!(
        "{{\"reason\":\"compiler-artifact\",\"package_id\":\"{id}\",\"manifest_path\":\"/{name}/Cargo.toml\",\
         \"target\":{{\"name\":\"{name}\",\"kind\":[\"{kind}\"],\"crate_types\":[],\"src_path\":\"/{name}/x.rs\",\"edition\":\"2021\"}},\
         \"profile\":{{\"opt_level\":\"3\",\"debuginfo\":0,\"debug_assertions\":false,\"overflow_checks\":false,\"test\":false}},\
         \"features\":[],\"fresh\":true,\
         \"filenames\":[\"/t/{folder}/release/{name}\"],\"executable\":{executable}}}\n"
    )
}

fn messages() -> String {
    let registry = "registry+https://github.com/rust-lang/crates.io-index";
    [
        message(&format!("{registry}#cc@1.2.0"), "cc", "lib", ""),
        message(&format!("{registry}#syn@2.0.0"), "syn", "lib", ""),
        message(
            &format!("{registry}#serde_derive@1.0.0"),
            "serde_derive",
            "proc-macro",
            "",
        ),
        message(
            &format!("{registry}#serde@1.0.0"),
            "build-script-build",
            "custom-build",
            "",
        ),
        message(&format!("{registry}#serde@1.0.0"), "serde", "lib", TRIPLE),
        message(
            "git+https://example.org/itoa?branch=main#1.0.0",
            "itoa",
            "lib",
            TRIPLE,
        ),
        message("path+file:///core#0.1.0", "core", "lib", TRIPLE),
        message("path+file:///app#1.0.0", "app", "bin", TRIPLE),
    ]
    .concat()
}

fn list(messages: &str) -> Result<VersionInfo, ListError> {
    let none = |_: &str| BTreeSet::new();
    dependency_list(
        &artifact::read(messages.as_bytes()).unwrap(),
        &Lockfile::parse(LOCK).unwrap(),
        "app",
        TRIPLE,
        &none,
    )
}

#[test]
fn what_was_built_is_listed_with_its_kind() {
    let list = list(&messages()).unwrap();
    let found: Vec<_> = list
        .packages
        .iter()
        .map(|package| {
            let kind = match package.kind {
                DependencyKind::Runtime => "runtime",
                DependencyKind::Build => "build",
            };
            let source = String::from(package.source.clone());
            format!("{} {} {source} {kind}", package.name, package.version)
        })
        .collect();
    assert_eq!(
        found,
        [
            "app 1.0.0 local runtime",
            "cc 1.2.0 crates.io build",
            "core 0.1.0 local runtime",
            "itoa 1.0.0 git runtime",
            "serde 1.0.0 crates.io runtime",
            "serde_derive 1.0.0 crates.io build",
            "syn 2.0.0 crates.io build",
        ]
    );
    let roots: Vec<_> = list
        .packages
        .iter()
        .filter(|package| package.root)
        .collect();
    assert_eq!(roots.len(), 1);
    assert_eq!(roots[0].name, "app");
    assert_eq!(roots[0].dependencies, [1, 2, 4]);
}

#[test]
fn a_circle_that_tests_close_is_cut() {
    // Readers refuse a list with a circle.
    let json = serde_json::to_string(&list(&messages()).unwrap()).unwrap();
    let read: VersionInfo = json.parse().unwrap();
    assert_eq!(read.packages[2].name, "core");
    assert_eq!(read.packages[2].dependencies, [3]);
}

#[test]
fn a_package_that_tests_alone_depend_on_is_not_listed() {
    let serde = |manifest: &str| {
        assert!(manifest.ends_with("/Cargo.toml"));
        BTreeSet::from(["serde".to_owned()])
    };
    let list = dependency_list(
        &artifact::read(messages().as_bytes()).unwrap(),
        &Lockfile::parse(LOCK).unwrap(),
        "app",
        TRIPLE,
        &serde,
    )
    .unwrap();
    assert!(list.packages.iter().all(|package| package.name != "serde"));
}

#[test]
fn an_executable_that_was_not_built_is_an_error() {
    let other = messages().replace(TRIPLE, "aarch64-unknown-linux-musl");
    let error = list(&other).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cargo built no executable `app` for `x86_64-unknown-linux-musl`"
    );
}

#[test]
fn a_package_that_is_not_locked_is_not_listed() {
    let std = messages().replace("cc@1.2.0", "cc@1.3.0");
    let list = list(&std).unwrap();
    assert!(list.packages.iter().all(|package| package.name != "cc"));
}

/// A package of crates.io.
fn locked(name: &str) -> LockedPackage {
    let lock = format!(
        "version = 4\n[[package]]\nname = \"{name}\"\nversion = \"2.0.0\"\n\
         source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
    );
    Lockfile::parse(&lock).unwrap().packages()[0].clone()
}

#[test]
fn a_library_that_was_linked_is_listed_in_its_place() {
    let mut list = list(&messages()).unwrap();
    // Between `serde` and `serde_derive`.
    add_linked(&mut list, "serde", &locked("serde-c")).unwrap();
    let added = &list.packages[5];
    assert_eq!((added.name.as_str(), added.root), ("serde-c", false));
    assert_eq!(added.kind, DependencyKind::Runtime);
    assert_eq!(String::from(added.source.clone()), "crates.io");
    let serde = &list.packages[4];
    assert_eq!(serde.dependencies, [5, 6]);
    assert_eq!(list.packages[6].name, "serde_derive");
    assert_eq!(list.packages[6].dependencies, [7]);
    let again = list.clone();
    add_linked(&mut list, "serde", &locked("serde-c")).unwrap();
    assert_eq!(list, again);
}

#[test]
fn a_library_of_a_package_that_is_not_linked_is_not_listed() {
    let before = list(&messages()).unwrap();
    for into in ["cc", "winapi"] {
        let mut list = before.clone();
        add_linked(&mut list, into, &locked("serde-c")).unwrap();
        assert_eq!(list, before, "{into}");
    }
}

#[test]
fn a_library_that_was_listed_for_the_build_is_of_the_executable() {
    let mut list = list(&messages()).unwrap();
    add_linked(&mut list, "serde", &locked("syn")).unwrap();
    assert_eq!(list.packages.len(), 7);
    assert_eq!(list.packages[6].kind, DependencyKind::Runtime);
    assert_eq!(list.packages[4].dependencies, [5, 6]);
}
