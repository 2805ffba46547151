//! zig and cargo-zigbuild, installed from pinned wheels of PyPI. A zig of the pinned version
//! that is on the `PATH` is used instead of its wheel.

use std::fs;
use std::io;
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

use super::pip::{self, PipError};
use crate::compile::context::BuildContext;
use crate::compile::env::{var, which};
use crate::compile::lock::lock_folder;

/// The version of zig. Another version makes other bytes.
pub const ZIG_VERSION: &str = "0.17.1";
/// The version of cargo-zigbuild.
pub const CARGO_ZIGBUILD_VERSION: &str = "0.24.0";

/// A requirements file of pip: the wheels for Linux and macOS on x86-64 and arm64.
const REQUIREMENTS: &str = "\
ziglang==0.17.1 \
--hash=sha256:ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54 \
--hash=sha256:b7c5f02fccd40f89b999ee16a1f5ddced56e6182370f8affe494bcf8a28cf07e \
--hash=sha256:09953b6af7f64168b915180a42774f520f92d86ef6331b28e33915c7e1f0bb23 \
--hash=sha256:4e0b4b9c02b8d0d220e9948010f860b62ff11d96abb39762eca5fa2ef3f7bc97
cargo-zigbuild==0.24.0 \
--hash=sha256:484412e39e4c6039474535ce97ee75a22bab22d58233056f8ec8a8f9034bb957 \
--hash=sha256:6942e4320f7b05d8fb29e0a8ce5670bcbb3d254275100b85b5b7c86552f9a744 \
--hash=sha256:b576e8b95ff199eedee0e57afcdbaff7579744916261483280d350b9a35711fd
";

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
        "zig {ZIG_VERSION} and cargo-zigbuild {CARGO_ZIGBUILD_VERSION} are not installed yet; run `muslin setup` once without `--offline`"
    )]
    Offline,
    #[error(
        "zig {ZIG_VERSION} comes from PyPI, and there is no `python3` with pip to fetch it; install it (on Debian: `apt-get install python3-pip`)"
    )]
    NoPip,
    #[error(
        "pip could not install zig {ZIG_VERSION} and cargo-zigbuild {CARGO_ZIGBUILD_VERSION}: {message}"
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
    let (path, version) = match var(context.environment, "CARGO_ZIGBUILD_ZIG_PATH") {
        Some(path) => {
            let version = version_of(path.as_ref()).ok_or_else(|| ZigError::NoVersion {
                path: path.to_owned(),
            })?;
            (path.into(), version)
        }
        None => (folder.join("ziglang/zig"), ZIG_VERSION.to_owned()),
    };
    Ok(Zig {
        path,
        version,
        cargo_zigbuild: folder.join("bin/cargo-zigbuild"),
        cache: context.cache_dir.join("zig-cache"),
    })
}

/// Whether [`ensure`] would install nothing.
#[must_use]
pub fn is_installed(cache_dir: &Utf8Path) -> bool {
    folder(cache_dir).is_dir()
}

fn folder(cache_dir: &Utf8Path) -> Utf8PathBuf {
    let name = format!("zig-{ZIG_VERSION}-cargo-zigbuild-{CARGO_ZIGBUILD_VERSION}");
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
    let _lock = lock_folder(parent).map_err(unwritable)?;
    // Another process may have installed them meanwhile.
    if destination.is_dir() {
        return Ok(());
    }
    let temporary = tempfile::Builder::new()
        .prefix(".new-")
        .tempdir_in(parent)
        .map_err(unwritable)?;
    let scratch = Utf8Path::from_path(temporary.path()).expect("the cache folder is UTF-8");

    let zig_on_path = which(context.environment, "zig")
        .filter(|zig| version_of(zig).as_deref() == Some(ZIG_VERSION));
    let wanted: Vec<&str> = REQUIREMENTS
        .split_inclusive('\n')
        .filter(|line| zig_on_path.is_none() || !line.starts_with("ziglang"))
        .collect();
    let requirements = scratch.join("requirements.txt");
    fs::write(&requirements, wanted.concat()).map_err(unwritable)?;
    let what = match &zig_on_path {
        Some(zig) => format!("cargo-zigbuild {CARGO_ZIGBUILD_VERSION} (zig is `{zig}`)"),
        None => format!("zig {ZIG_VERSION} and cargo-zigbuild {CARGO_ZIGBUILD_VERSION}"),
    };
    notice(&format!("installing {what} from PyPI into `{destination}`"));
    let ready = scratch.join("ready");
    pip::install(context, &requirements, &ready).map_err(|error| match error {
        PipError::Missing => ZigError::NoPip,
        PipError::Failed(message) => ZigError::Pip { message },
    })?;
    if let Some(zig) = zig_on_path {
        let link = ready.join("ziglang");
        fs::create_dir_all(&link).map_err(unwritable)?;
        std::os::unix::fs::symlink(zig, link.join("zig")).map_err(unwritable)?;
    }
    fs::rename(&ready, destination).map_err(unwritable)
}

/// The output of `zig version`.
fn version_of(zig: &Utf8Path) -> Option<String> {
    let output = Command::new(zig)
        .arg("version")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| version.trim().to_owned())
}
