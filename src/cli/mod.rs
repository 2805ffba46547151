//! The command line: arguments to Requests, Reports to text.

mod bar;
mod build;
mod completions;
mod failure;
mod github;
mod index;
mod inspect;
#[cfg(feature = "mcp")]
mod mcp;
mod options;
mod pack;
mod report;
mod setup;
mod signals;
mod text;
mod world;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;
use world::World;

/// Turn a Rust package into small, static, multi-architecture OCI images.
///
/// The result is the same bits every time, and needs neither a Docker daemon nor
/// emulation. `muslin build` in a package's folder is all it takes.
#[derive(Debug, Parser)]
#[command(
    name = "muslin",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
#[command(after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Exit status: 0 yes, 1 a check said no, 2 it could not be done.

Images are named as skopeo names them: oci:DIR[:TAG], oci-archive:FILE[:TAG],
docker-archive:FILE[:NAME:TAG], docker-daemon:NAME:TAG.";

#[derive(Debug, Subcommand)]
enum Command {
    Build(Box<build::Build>),
    Pack(Box<pack::Pack>),
    Index(index::Index),
    Inspect(inspect::Inspect),
    Setup(setup::Setup),
    #[cfg(feature = "mcp")]
    Mcp(mcp::Mcp),
    Completions(completions::Completions),
    Man(completions::Man),
}

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = World::of_this_process().and_then(|world| match arguments.command {
        Command::Build(build) => build.run(&world),
        Command::Pack(pack) => pack.run(&world),
        Command::Index(index) => index.run(&world),
        Command::Inspect(inspect) => inspect.run(&world),
        Command::Setup(setup) => setup.run(&world),
        #[cfg(feature = "mcp")]
        Command::Mcp(mcp) => mcp.run(&world),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
    });
    match outcome {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
