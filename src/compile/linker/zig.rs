//! zig and cargo-zigbuild, installed from pinned wheels of PyPI.

use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};

use super::install::{InstallError, install};
use super::wheels::{cargo_zigbuild, zig};
use crate::cache::expiry;
use crate::compile::context::BuildContext;
use crate::compile::env::var;
use crate::compile::process::Processes;

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
    #[error(transparent)]
    Install(#[from] InstallError),
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
        let wheels = cargo_zigbuild().requirement("cargo-zigbuild") + &zig().requirement("ziglang");
        install(context, &folder, &versions(), &wheels, notice)?;
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

/// The output of `zig version`.
fn version_of(zig: &Utf8Path, processes: &Processes) -> Option<String> {
    let mut command = Command::new(zig);
    let output = processes.output(command.arg("version")).ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| version.trim().to_owned())
}
