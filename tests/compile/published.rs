//! Packages of a registry, which is served to cargo on this machine.

use muslin_oci::digest::Digest;

use super::*;

/// A folder for `CARGO_HOME` whose cargo takes packages of crates.io from here, where the
/// package in this folder is the only one.
fn publish(package: &Path, name: &str, scratch: &Scratch) -> PathBuf {
    let mut cargo = Command::new("cargo");
    cargo
        .args([
            "package",
            "--quiet",
            "--no-verify",
            "--allow-dirty",
            "--offline",
        ])
        .arg("--manifest-path")
        .arg(package.join("Cargo.toml"))
        // Where no toolchain file is.
        .current_dir(scratch.path());
    run(cargo);
    let archive = fs::read(package.join(format!("target/package/{name}-1.0.0.crate"))).unwrap();
    scratch.write(format!("registry/{name}-1.0.0.crate"), &archive);
    let entry = serde_json::json!({
        "name": name, "vers": "1.0.0", "deps": [], "features": {}, "yanked": false,
        "cksum": Digest::of(&archive).hex(),
    });
    let place = format!("registry/index/{}/{}/{name}", &name[..2], &name[2..4]);
    scratch.write(place, entry.to_string());
    let port = harness::http::serve(&scratch.join("registry"), |_| true);
    let address = format!("127.0.0.1:{port}");
    let download = format!("http://{address}/{{crate}}-{{version}}.crate");
    let config = serde_json::json!({ "dl": download });
    scratch.write("registry/index/config.json", config.to_string());
    scratch.write(
        "cargo-home/config.toml",
        format!(
            "[source.crates-io]\nreplace-with = 'here'\n\
             [source.here]\nregistry = 'sparse+http://{address}/index/'\n"
        ),
    );
    scratch.join("cargo-home")
}

#[test]
fn of_a_published_package_its_name_chooses_the_binary_and_its_toolchain_file_nothing() {
    let scratch = Scratch::new();
    let package = scratch.folder("package");
    scratch.write(
        "package/Cargo.toml",
        "[package]\nname = \"several\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\
         description = \"Two binaries\"\nlicense = \"MIT\"\n",
    );
    scratch.write(
        "package/src/main.rs",
        "fn main() { println!(\"several\"); }\n",
    );
    scratch.write("package/src/bin/other.rs", "fn main() {}\n");
    scratch.write(
        "package/rust-toolchain.toml",
        "[toolchain]\nchannel = \"0.0.0\"\n",
    );
    let home = publish(&package, "several", &scratch);
    let (report, _) = report(
        Muslin::new()
            .with_toolchain()
            .folder(scratch.path())
            .env("CARGO_HOME", &home)
            .args(["build", "--json", "--crate", "several@1.0.0"])
            .args(["--platform", "linux/amd64", "--to", "oci:image:v1"]),
    );
    assert!(report["digest"].is_string(), "{report:#}");
    let layout = harness::Layout::open(scratch.join("image"));
    let config = layout.config("v1", "amd64")["config"].clone();
    assert_eq!(config["Entrypoint"][0], "/usr/local/bin/several");
}
