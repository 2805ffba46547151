//! Puts the list of crates into executables that cargo built.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::prelude::*;
use muslin_auditable::files;

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
            Long("target") => triple = Some(arguments.value()?),
            Value(executable) => executables.push(executable),
            Long("help") => {
                println!("{USAGE}");
                return Ok(());
            }
            _ => return Err(argument.unexpected().into()),
        }
    }
    let triple = triple.ok_or(USAGE)?.string()?;
    let executables: Vec<PathBuf> = executables.into_iter().map(PathBuf::from).collect();
    let messages = PathBuf::from(messages.ok_or(USAGE)?);
    let lock = PathBuf::from(lock.ok_or(USAGE)?);
    files::add_to_files(&messages, &lock, &triple, &executables)?;
    Ok(())
}
