//! What a change compiles again in the cargo lane: the column of the table in
//! docs/guides/docker-mcp-setup.md.

use super::*;

/// Builds; the packages that cargo compiled, in the order of their names, and the config's
/// version.
fn compiled(folder: &Path, version: &str) -> (Vec<String>, Value) {
    let output = build(folder)
        .args(["--platform", "linux/amd64", "--version-label", version])
        .run();
    let mut names: Vec<String> = output
        .stderr
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("Compiling "))
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect();
    names.sort();
    names.dedup();
    (names, serde_json::from_str(&output.stdout).unwrap())
}

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file}: {text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

fn lock(folder: &Path) {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["generate-lockfile", "--quiet"])
        .current_dir(folder);
    run(cargo);
}

#[test]
fn a_change_compiles_what_it_touches_and_what_uses_that() {
    let scratch = Scratch::new();
    let folder = scratch.join("app");
    copy_tree(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/docker/app"),
        &folder,
    );
    lock(&folder);
    let (cold, first) = compiled(&folder, "1");
    for name in ["cc", "itoa", "part", "sample"] {
        assert!(cold.contains(&name.to_owned()), "{cold:?}");
    }

    let nothing: [&str; 0] = [];
    assert_eq!(compiled(&folder, "1").0, nothing);
    let (names, labelled) = compiled(&folder, "2");
    assert_eq!(names, nothing);
    assert_ne!(labelled["digest"], first["digest"]);
    scratch.write("app/README.md", "A document\n");
    edit(&folder, "Cargo.toml", "SIGINT", "SIGQUIT");
    assert_eq!(compiled(&folder, "2").0, nothing);

    edit(&folder, "src/bin/helper.rs", "helper", "Helper");
    assert_eq!(compiled(&folder, "2").0, ["sample"]);
    edit(&folder, "part/src/lib.rs", "42", "43");
    assert_eq!(compiled(&folder, "2").0, ["part", "sample"]);
    edit(
        &folder,
        "Cargo.toml",
        "version = \"1.2.3\"",
        "version = \"1.2.4\"",
    );
    lock(&folder);
    assert_eq!(compiled(&folder, "2").0, ["sample"]);
    edit(
        &folder,
        "Cargo.toml",
        "itoa = \"1\"",
        "itoa = \"1\"\ncfg-if = \"1\"",
    );
    lock(&folder);
    assert_eq!(compiled(&folder, "2").0, ["cfg-if", "sample"]);
}
