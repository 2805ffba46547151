//! `muslin pack`

use std::process::ExitCode;

use camino::Utf8PathBuf;
use clap::Args;

use super::bar::Bar;
use super::options::{ImageOptions, OutputOptions};
use super::world::World;
use super::{Failure, report};
use crate::operations::pack::{self, PackRequest};
use crate::package::find::Selection;
use crate::platform::TargetPlatform;

/// Make images of executables that were built elsewhere.
///
/// Given the same executables and the same package, the images are those of
/// `muslin build`, bit for bit. Outside a package, the executable's name is the
/// image's.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muslin pack --executable linux/amd64=out/amd64/app --executable linux/arm64=out/arm64/app
  muslin pack --executable linux/amd64=app --to docker-archive:app.tar")]
pub(super) struct Pack {
    /// The package whose Cargo.toml describes the image [default: the nearest one]
    path: Option<Utf8PathBuf>,

    /// The member of the workspace that describes the image, as in `server`
    #[arg(long, short, value_name = "NAME")]
    package: Option<String>,

    /// A static executable and its platform, as in `linux/amd64=target/app`; may be given several times
    #[arg(long, value_name = "PLATFORM=PATH", value_parser = executable)]
    executable: Vec<(TargetPlatform, Utf8PathBuf)>,

    /// A binary of the package that goes into the image, as in `server`; may be given several times
    #[arg(long, value_name = "NAME")]
    bin: Vec<String>,

    /// Print no table
    #[arg(long, short)]
    quiet: bool,

    #[command(flatten)]
    image: ImageOptions,

    #[command(flatten)]
    output: OutputOptions,
}

impl Pack {
    pub(super) fn run(self, world: &World) -> Result<ExitCode, Failure> {
        let mut overrides = self.image.overrides(world);
        overrides.bins = self.bin;
        let request = PackRequest {
            cwd: world.cwd.clone(),
            selection: Selection {
                path: self.path,
                package: self.package,
            },
            overrides,
            executables: self.executable,
            output: self.image.output(&self.output, world)?,
        };
        let report = pack::pack(&request, &Bar::new(self.quiet))?;
        report::print(&report, &report, None, &self.output, self.quiet, world)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn executable(text: &str) -> Result<(TargetPlatform, Utf8PathBuf), String> {
    match text.split_once('=') {
        Some((platform, path)) if !path.is_empty() => {
            let platform: TargetPlatform = platform.parse().map_err(|error| format!("{error}"))?;
            Ok((platform, path.into()))
        }
        _ => Err(format!(
            "`{text}` lacks a platform or a path; write `linux/amd64=PATH`"
        )),
    }
}
