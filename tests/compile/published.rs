//! Packages of a registry, which is served to cargo on this machine.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use muslin_oci::digest::Digest;

use super::*;

/// Answers one request for a file below a folder.
fn answer(mut stream: TcpStream, folder: &Path) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?)
        .lines()
        .map_while(Result::ok);
    let request = lines.next()?;
    lines.take_while(|line| !line.is_empty()).for_each(drop);
    let path = request.split(' ').nth(1)?.trim_start_matches('/');
    let found = fs::read(folder.join(path));
    let status = if found.is_ok() {
        "200 OK"
    } else {
        "404 Not Found"
    };
    let body = found.unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&body).ok()
}

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
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let download = format!("http://{address}/{{crate}}-{{version}}.crate");
    let config = serde_json::json!({ "dl": download });
    scratch.write("registry/index/config.json", config.to_string());
    let folder = scratch.join("registry");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = folder.clone();
            thread::spawn(move || answer(stream, &folder));
        }
    });
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
