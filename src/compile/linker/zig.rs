//! zig and cargo-zigbuild, installed from pinned wheels of PyPI. A zig of the pinned version
//! that is on the `PATH` is used instead of its wheel.

use std::fs;
use std::io;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};

use super::pip::{self, PipError};
use super::wheels::{cargo_zigbuild, zig};
use crate::cache::expiry;
use crate::compile::context::BuildContext;
use crate::compile::env::var;
use crate::compile::lock::lock_folder;
use crate::compile::process::Processes;
use crate::temporary;

/// zig and cargo-zigbuild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zig {
    /// The path of zig.
    pub path: Utf8PathBuf,
    /// The version of zig.
    pub version: String,
    /// The path of cargo-zigbuild.
    pub cargo_zigbuild: Utf8PathBuf,
    /// zig's global cache: the C libraries that it has built.
    pub cache: Utf8PathBuf,
}

/// Why zig or cargo-zigbuild is missing.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum ZigError {
    #[error(
        "zig {} and cargo-zigbuild {} are not installed yet; run `muslin setup` once without `--offline`",
        zig().version,
        cargo_zigbuild().version
    )]
    Offline,
    #[error(
        "zig {} comes from PyPI, and there is no `python3` with pip to fetch it; install it (on Debian: `apt-get install python3-pip`)",
        zig().version
    )]
    NoPip,
    #[error(
        "pip could not install zig {} and cargo-zigbuild {}: {message}",
        zig().version,
        cargo_zigbuild().version
    )]
    Pip { message: String },
    #[error("cannot write to `{path}`")]
    Write {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error(
        "`CARGO_ZIGBUILD_ZIG_PATH` is `{path}`, and `{path} version` fails; unset it or set it to the path of zig"
    )]
    NoVersion { path: String },
}

/// Returns zig and cargo-zigbuild, and installs them into the cache where they are missing.
///
/// # Errors
/// What [`ZigError`] says.
pub fn ensure(context: &BuildContext<'_>, notice: &dyn Fn(&str)) -> Result<Zig, ZigError> {
    let folder = folder(context.cache_dir);
    if !folder.is_dir() {
        if context.offline {
            return Err(ZigError::Offline);
        }
        install(context, &folder, notice)?;
    }
    expiry::touch(&folder);
    let (path, version) = match var(context.environment, "CARGO_ZIGBUILD_ZIG_PATH") {
        Some(path) => {
            let version = version_of(path.as_ref(), context.processes).ok_or_else(|| {
                ZigError::NoVersion {
                    path: path.to_owned(),
                }
            })?;
            (path.into(), version)
        }
        None => (folder.join("ziglang/zig"), zig().version.clone()),
    };
    Ok(Zig {
        path,
        version,
        cargo_zigbuild: folder.join("bin/cargo-zigbuild"),
        cache: context.cache_dir.join("zig-cache"),
    })
}

/// The pinned versions, for people.
#[must_use]
pub fn versions() -> String {
    let (zig, cargo_zigbuild) = (&zig().version, &cargo_zigbuild().version);
    format!("zig {zig} and cargo-zigbuild {cargo_zigbuild}")
}

/// Whether [`ensure`] would install nothing.
#[must_use]
pub fn is_installed(cache_dir: &Utf8Path) -> bool {
    folder(cache_dir).is_dir()
}

fn folder(cache_dir: &Utf8Path) -> Utf8PathBuf {
    let (zig, cargo_zigbuild) = (&zig().version, &cargo_zigbuild().version);
    let name = format!("zig-{zig}-cargo-zigbuild-{cargo_zigbuild}");
    cache_dir.join("tools").join(name)
}

/// Installs both into a temporary folder and renames it to `destination` when all is done.
fn install(
    context: &BuildContext<'_>,
    destination: &Utf8Path,
    notice: &dyn Fn(&str),
) -> Result<(), ZigError> {
    let parent = destination.parent().expect("it is below the cache folder");
    let unwritable = |source| ZigError::Write {
        path: parent.to_owned(),
        source,
    };
    fs::create_dir_all(parent).map_err(unwritable)?;
    let _lock = lock_folder(parent, context.processes).map_err(unwritable)?;
    // Another process may have installed them meanwhile.
    if destination.is_dir() {
        return Ok(());
    }
    let temporary = temporary::folder_in(parent, ".new-").map_err(unwritable)?;
    let scratch = temporary.path();

    let requirements = scratch.join("requirements.txt");
    let wanted = cargo_zigbuild().requirement("cargo-zigbuild") + &zig().requirement("ziglang");
    fs::write(&requirements, wanted).map_err(unwritable)?;
    notice(&format!(
        "installing {} from PyPI into `{destination}`",
        versions()
    ));
    let ready = scratch.join("ready");
    pip::install(context, &requirements, &ready).map_err(|error| match error {
        PipError::Missing => ZigError::NoPip,
        PipError::Failed(message) => ZigError::Pip { message },
    })?;
    fs::rename(&ready, destination).map_err(unwritable)
}

/// The output of `zig version`.
fn version_of(zig: &Utf8Path, processes: &Processes) -> Option<String> {
    let mut command = Command::new(zig);
    let output = processes.output(command.arg("version")).ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| version.trim().to_owned())
}
