//! Packing executables that nothing had to compile.

use super::{Architecture, Muslin, Scratch};

/// The architectures of the platforms that muslin builds for.
pub const BOTH: [&str; 2] = ["amd64", "arm64"];

/// Packs an executable for each of these architectures, each of more than one compressed
/// piece, to `destination` with the tag `v1`.
pub fn pack(scratch: &Scratch, architectures: &[&str], destination: &str, options: &[&str]) {
    let mut muslin = Muslin::new().folder(scratch.path()).arg("pack");
    for name in architectures {
        let architecture = match *name {
            "amd64" => Architecture::Amd64,
            "arm64" => Architecture::Arm64,
            _ => panic!("no architecture `{name}`"),
        };
        let path = format!("{name}/app");
        let message = format!("hello from {name}\n");
        architecture.write(scratch, &path, &message, 3 << 20);
        muslin = muslin.args(["--executable".to_owned(), format!("linux/{name}={path}")]);
    }
    muslin
        .args(["--tag", "v1", "--to", destination])
        .args(options.iter().copied())
        .run();
}
