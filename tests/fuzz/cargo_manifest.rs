//! `Cargo.toml` and its metadata table.

use std::error::Error;
use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use muslin::package::find::{Selection, find};
use muslin::package::overrides::Overrides;

use super::mutation::mutant;
use super::target::{READ, Target, outcome};

pub const TARGET: Target = Target {
    name: "cargo-manifest",
    seeds,
    mutant: |input, other, random| mutant(input, other, WORDS, random),
    read,
};

const WORDS: &[&[u8]] = &[
    b"[package]\n",
    b"[workspace]\n",
    b"[[bin]]\n",
    b"[lib]\n",
    b"[features]\n",
    b"[profile.dist]\n",
    b"[package.metadata.muslin]\n",
    b"[workspace.metadata.muslin]\n",
    b"[workspace.package]\n",
    b"[target.'cfg(unix)'.dependencies]\n",
    b"version.workspace = true\n",
    b"members = [\"a\", \"b*\"]\n",
    b"inherits = \"dist\"\n",
    b"default-run = \"app\"\n",
    b"max-size = \"1.5GB\"\n",
    b"files = [{ from = \"src\", to = \"/x\" }]\n",
    b"expose = [80, \"53/udp\"]\n",
    b"\"\"\"",
    b"'''",
    b" = ",
    b"{}",
    b"1979-05-27T07:32:00Z",
    b"nan",
    b"0xffff",
];

fn seeds() -> Vec<Vec<u8>> {
    let fixtures = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/descriptions");
    let package = |more: &str| {
        format!("[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2021\"\n{more}")
    };
    let workspace = "[workspace]\nmembers = [\"src*\"]\n[workspace.metadata.muslin]\ntags = [\"a\"]\n\
                     [workspace.package]\nlicense = \"MIT\"\n";
    let mut seeds = vec![
        package("").into_bytes(),
        format!("{}{workspace}", package("license.workspace = true\n")).into_bytes(),
        package(
            "[profile.dist]\ninherits = \"release\"\n[dependencies]\na = { path = \"src\" }\n\
             [package.metadata.muslin]\nprofile = \"dist\"\n",
        )
        .into_bytes(),
        package(
            "default-run = \"server\"\n[[bin]]\nname = \"server\"\npath = \"src/main.rs\"\n\
             [[bin]]\nname = \"migrate\"\npath = \"src/main.rs\"\n",
        )
        .into_bytes(),
    ];
    for name in ["full", "odd-values"] {
        seeds.push(fs::read(fixtures.join(name).join("Cargo.toml")).unwrap());
    }
    seeds
}

/// A folder with the source of one binary.
fn place() -> Utf8PathBuf {
    let folder = Utf8PathBuf::from_path_buf(std::env::temp_dir()).unwrap();
    let package = folder.canonicalize_utf8().unwrap().join("package");
    if !package.is_dir() {
        fs::create_dir_all(package.join("src")).unwrap();
        fs::write(package.join("src/main.rs"), "fn main() {}\n").unwrap();
    }
    package
}

fn describe(folder: &Utf8Path) -> Result<(), Box<dyn Error>> {
    let package = find(folder, &Selection::default())?;
    assert!(package.manifest_path.starts_with(folder));
    let bins = package.bins();
    let described = package.describe(&Overrides::default())?;
    let description = described.description;
    assert!(bins.contains(&description.entrypoint));
    assert!(description.bins.iter().all(|bin| bins.contains(bin)));
    assert!(!description.platforms.is_empty() && !description.tags.is_empty());
    Ok(())
}

fn read(input: &[u8]) -> String {
    // All folders of the machine match such a pattern of `members`, as they do for cargo.
    if memchr::memmem::find(input, b"**").is_some() {
        return "a pattern of folders at any depth".to_owned();
    }
    let folder = place();
    fs::write(folder.join("Cargo.toml"), input).unwrap();
    match describe(&folder) {
        Ok(()) => READ.to_owned(),
        Err(error) => outcome(Err::<(), _>(&*error)),
    }
}
