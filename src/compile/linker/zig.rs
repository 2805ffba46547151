//! zig and cargo-zigbuild: those of the machine if they are the right ones, else
//! pinned wheels of PyPI, checked by hash.

use std::fs::{self, File};
use std::io;
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

use crate::compile::context::Surroundings;
use crate::compile::env::{on_path, text};

/// The zig that images are linked with: with another the bytes are others.
pub const ZIG_VERSION: &str = "0.17.1";
/// The cargo-zigbuild that knows how to call it.
pub const CARGO_ZIGBUILD_VERSION: &str = "0.24.0";

/// The wheels of both for Linux and macOS on x86-64 and arm64, in the form of
/// pip's requirements files.
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

/// The programs that link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tools {
    /// zig.
    pub zig: Utf8PathBuf,
    /// What it says its version is, or the pinned one.
    pub zig_version: String,
    /// cargo-zigbuild.
    pub cargo_zigbuild: Utf8PathBuf,
    /// Where zig keeps the C libraries that it has built.
    pub zig_cache: Utf8PathBuf,
}

/// Why zig or cargo-zigbuild could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ToolsError {
    /// They would have to be downloaded.
    #[error(
        "zig {ZIG_VERSION} and cargo-zigbuild {CARGO_ZIGBUILD_VERSION} are not there yet; run `muslin setup` once without `--offline`"
    )]
    Offline,
    /// There is no Python that could fetch them.
    #[error(
        "zig {ZIG_VERSION} comes from PyPI, and there is no `python3` with pip to fetch it; install it (on Debian: `apt-get install python3-pip`)"
    )]
    NoPip,
    /// pip failed.
    #[error(
        "pip could not install zig {ZIG_VERSION} and cargo-zigbuild {CARGO_ZIGBUILD_VERSION}: {message}"
    )]
    Pip {
        /// The last lines that it printed.
        message: String,
    },
    /// The cache cannot be written.
    #[error("cannot write to `{path}`")]
    Write {
        /// The folder.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A zig that the user chose does not answer.
    #[error(
        "`CARGO_ZIGBUILD_ZIG_PATH` is `{path}`, which does not answer to `version`; unset it or name a zig"
    )]
    BrokenZig {
        /// What was chosen.
        path: String,
    },
}

/// zig and cargo-zigbuild, installed if need be.
///
/// # Errors
/// What [`ToolsError`] says.
pub fn ensure(surroundings: &Surroundings<'_>, notice: &dyn Fn(&str)) -> Result<Tools, ToolsError> {
    let folder = folder(surroundings.cache_dir);
    if !folder.is_dir() {
        if surroundings.offline {
            return Err(ToolsError::Offline);
        }
        install(surroundings, &folder, notice)?;
    }
    let (zig, zig_version) = match text(surroundings.environment, "CARGO_ZIGBUILD_ZIG_PATH") {
        Some(path) => {
            let version = version_of(path.as_ref()).ok_or_else(|| ToolsError::BrokenZig {
                path: path.to_owned(),
            })?;
            (path.into(), version)
        }
        None => (folder.join("ziglang/zig"), ZIG_VERSION.to_owned()),
    };
    Ok(Tools {
        zig,
        zig_version,
        cargo_zigbuild: folder.join("bin/cargo-zigbuild"),
        zig_cache: surroundings.cache_dir.join("zig-cache"),
    })
}

/// Whether [`ensure`] would install nothing.
#[must_use]
pub fn are_there(cache_dir: &Utf8Path) -> bool {
    folder(cache_dir).is_dir()
}

fn folder(cache_dir: &Utf8Path) -> Utf8PathBuf {
    let name = format!("zig-{ZIG_VERSION}-cargo-zigbuild-{CARGO_ZIGBUILD_VERSION}");
    cache_dir.join("tools").join(name)
}

/// Installs both beside their place and moves them there when all is done. A zig
/// of the right version on the `PATH` is linked to instead of being fetched.
fn install(
    surroundings: &Surroundings<'_>,
    place: &Utf8Path,
    notice: &dyn Fn(&str),
) -> Result<(), ToolsError> {
    let shelf = place.parent().expect("the place is below the cache");
    let unwritable = |source| ToolsError::Write {
        path: shelf.to_owned(),
        source,
    };
    fs::create_dir_all(shelf).map_err(unwritable)?;
    let lock = File::open(shelf).map_err(unwritable)?;
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive)
        .map_err(|error| unwritable(error.into()))?;
    if place.is_dir() {
        return Ok(());
    }
    let scratch = tempfile::Builder::new()
        .prefix(".new-")
        .tempdir_in(shelf)
        .map_err(unwritable)?;
    let scratch_folder = Utf8Path::from_path(scratch.path()).expect("the cache's name is text");

    let zig_here = on_path(surroundings.environment, "zig")
        .filter(|zig| version_of(zig).as_deref() == Some(ZIG_VERSION));
    let wanted: Vec<&str> = REQUIREMENTS
        .split_inclusive('\n')
        .filter(|line| zig_here.is_none() || !line.starts_with("ziglang"))
        .collect();
    let requirements = scratch_folder.join("requirements.txt");
    fs::write(&requirements, wanted.concat()).map_err(unwritable)?;
    let what = match &zig_here {
        Some(zig) => format!("cargo-zigbuild {CARGO_ZIGBUILD_VERSION} (zig is `{zig}`)"),
        None => format!("zig {ZIG_VERSION} and cargo-zigbuild {CARGO_ZIGBUILD_VERSION}"),
    };
    notice(&format!("installing {what} from PyPI into `{place}`"));
    let ready = scratch_folder.join("ready");
    pip(surroundings, &requirements, &ready)?;
    if let Some(zig) = zig_here {
        let link = ready.join("ziglang");
        fs::create_dir_all(&link).map_err(unwritable)?;
        std::os::unix::fs::symlink(zig, link.join("zig")).map_err(unwritable)?;
    }
    fs::rename(&ready, place).map_err(unwritable)
}

fn pip(
    surroundings: &Surroundings<'_>,
    requirements: &Utf8Path,
    target: &Utf8Path,
) -> Result<(), ToolsError> {
    let python = on_path(surroundings.environment, "python3").ok_or(ToolsError::NoPip)?;
    let mut command = Command::new(python);
    command
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--require-hashes",
        ])
        .args([
            "--only-binary",
            ":all:",
            "--no-compile",
            "--root-user-action",
            "ignore",
        ])
        .args([
            "--target",
            target.as_str(),
            "--requirement",
            requirements.as_str(),
        ])
        .env_clear()
        .envs(surroundings.environment)
        // Settings of the user that forbid `--target`.
        .env("PIP_USER", "0")
        .env("PIP_REQUIRE_VIRTUALENV", "0");
    let output = surroundings
        .processes
        .output(&mut command)
        .map_err(|_| ToolsError::NoPip)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("No module named pip") {
        return Err(ToolsError::NoPip);
    }
    let last: Vec<&str> = said.trim().lines().rev().take(3).collect();
    Err(ToolsError::Pip {
        message: last.into_iter().rev().collect::<Vec<_>>().join("; "),
    })
}

fn version_of(zig: &Utf8Path) -> Option<String> {
    let output = Command::new(zig)
        .arg("version")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| version.trim().to_owned())
}
