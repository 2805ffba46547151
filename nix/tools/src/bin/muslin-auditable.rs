//! Puts the list of crates into executables that cargo built.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;

use lexopt::prelude::*;
use muslin_auditable::lockfile::Lockfile;
use muslin_auditable::{artifact, list, manifest, section};

const USAGE: &str = "\
usage: muslin-auditable --messages FILE --lock Cargo.lock --target TRIPLE EXECUTABLE...

FILE has what `cargo build --message-format json` printed. Each executable has the name of its
binary, and gets the section `.dep-v0` of cargo-auditable.";

fn main() -> ExitCode {
    muslin_nix_tools::exit(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let (mut messages, mut lock, mut triple, mut executables) = (None, None, None, Vec::new());
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("messages") => messages = Some(arguments.value()?),
            Long("lock") => lock = Some(arguments.value()?),
            Long("target") => triple = Some(arguments.value()?.string()?),
            Value(executable) => executables.push(executable),
            Long("help") => {
                println!("{USAGE}");
                return Ok(());
            }
            _ => return Err(argument.unexpected().into()),
        }
    }
    let messages = fs::File::open(messages.ok_or(USAGE)?)?;
    let artifacts = artifact::read(BufReader::new(messages))?;
    let lockfile = Lockfile::parse(&fs::read_to_string(lock.ok_or(USAGE)?)?)?;
    let triple = triple.ok_or(USAGE)?;
    for path in &executables {
        let bin = Path::new(path).file_name().ok_or(USAGE)?.to_string_lossy();
        let list = list::dependency_list(&artifacts, &lockfile, &bin, &triple, &dev_only)?;
        let executable = fs::read(path)?;
        if let Some(with_list) = section::add(&executable, &section::encode(&list)?)? {
            fs::write(path, with_list)?;
        }
    }
    Ok(())
}

/// Cargo has read the manifest, so it can be read.
fn dev_only(manifest_path: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(manifest_path).unwrap_or_default();
    manifest::dev_only(&text).unwrap_or_default()
}
