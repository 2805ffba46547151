//! Joins images of single platforms under one index: `muslin index` in small, for builds
//! that have to compile it first.

use std::error::Error;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::process::ExitCode;

use lexopt::prelude::*;
use muslin_oci::cancellation::Cancellation;
use muslin_oci::folder::Links;
use muslin_oci::join::{JoinRequest, join};
use muslin_oci::transport::{CommandRunner, DockerCli, Host, Notice, Reference, Registries};

const USAGE: &str = "\
usage: muslin-oci-index --to DESTINATION [--tag TAG]... SOURCE...

Images are named as `muslin index` takes them: oci:DIR[:TAG], oci-archive:FILE[:TAG],
docker-archive:FILE. The image by digest goes to stdout.";

fn main() -> ExitCode {
    muslin_nix_tools::exit(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let (mut sources, mut tags, mut destination) = (Vec::new(), Vec::new(), None);
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("to") => destination = Some(arguments.value()?.parse::<Reference>()?),
            Long("tag") => tags.push(arguments.value()?.string()?),
            Value(source) => sources.push(source.parse::<Reference>()?),
            Long("help") => {
                println!("{USAGE}");
                return Ok(());
            }
            _ => return Err(argument.unexpected().into()),
        }
    }
    let report = join(&JoinRequest {
        destination: destination.ok_or(USAGE)?,
        sources,
        tags,
        threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        host: host(),
    })?;
    println!("{}", report.reference);
    Ok(())
}

fn host() -> Host {
    let temporary = std::env::var_os("TMPDIR").filter(|folder| !folder.is_empty());
    let temporary = temporary.unwrap_or_else(|| OsString::from("/tmp"));
    Host {
        registries: Registries::default(),
        docker: DockerCli {
            program: "docker".into(),
            environment: std::env::vars_os().collect(),
            runner: CommandRunner::default(),
        },
        architecture: match std::env::consts::ARCH {
            "x86_64" => "amd64".to_owned(),
            "aarch64" => "arm64".to_owned(),
            other => other.to_owned(),
        },
        temporary: temporary.to_string_lossy().into_owned().into(),
        links: Links::Follow,
        cancellation: Cancellation::default(),
        notice: Notice::new(|line| eprintln!("{line}")),
    }
}
