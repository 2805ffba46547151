//! Fetching the source of a package that is published in a registry (`--crate`).

use std::fs::{self, File};
use std::io;
use std::process::Command;

use camino::{Utf8DirEntry, Utf8Path, Utf8PathBuf};
use muslin_auditable::lockfile::{LockedPackage, Lockfile};
use muslin_oci::digest::Digest;

use crate::cache::expiry;
use crate::compile::context::BuildContext;
use crate::compile::copy::copy_tree;
use crate::compile::env::{program, registry_cache, registry_src};
use crate::compile::lock::lock_folder;
use crate::compile::request::LockMode;
use crate::temporary;

/// Why a published package could not be fetched.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum PublishedError {
    #[error("`{0}` is no package; write `--crate NAME` or `--crate NAME@VERSION`")]
    Malformed(String),
    #[error(
        "`cargo` is not on the PATH; install Rust (with rustup or your distribution's packages) and try again"
    )]
    NoCargo,
    #[error("cargo cannot fetch `{spec}`: {message}")]
    Fetch { spec: String, message: String },
    #[error(
        "`{0}` was published without a `Cargo.lock`, and `--locked` wants one; leave `--locked` out to build it with the newest dependencies"
    )]
    NoLockfile(String),
    #[error(
        "`--update` changes the lock file of `{0}`, and `--locked` forbids that; use one of them"
    )]
    UpdateOfLocked(String),
    #[error("cannot write to `{path}`")]
    Write {
        path: Utf8PathBuf,
        source: io::Error,
    },
}

/// A package of a registry.
#[derive(Clone, Debug)]
pub struct PublishedPackage {
    /// `NAME@VERSION`, or `NAME` for the newest version that the compiler can build.
    pub spec: String,
    /// Whether its dependencies are the newest of today, and not those of its lock file.
    pub update: bool,
}

/// Fetches a package and returns the directory in the cache where its source can be built.
///
/// # Errors
/// What [`PublishedError`] says.
pub fn fetch(
    context: &BuildContext<'_>,
    package: &PublishedPackage,
    lock: LockMode,
    notice: &dyn Fn(&str),
) -> Result<Utf8PathBuf, PublishedError> {
    let PublishedPackage { spec, update } = package;
    let spec = spec.as_str();
    let is_locked = lock.locked || lock.frozen;
    if *update && is_locked {
        return Err(PublishedError::UpdateOfLocked(spec.to_owned()));
    }
    let (name, version) = match spec.split_once('@') {
        Some((name, version)) => (name, format!("={version}")),
        None => (spec, "*".to_owned()),
    };
    let consists_of = |text: &str, punctuation: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || punctuation.contains(c))
    };
    if !consists_of(name, "_-") || !consists_of(&version, "=*.+-") {
        return Err(PublishedError::Malformed(spec.to_owned()));
    }
    let parent = context.cache_dir.join("published");
    let unwritable = |source| PublishedError::Write {
        path: parent.clone(),
        source,
    };
    fs::create_dir_all(&parent).map_err(unwritable)?;
    let temporary = temporary::folder_in(&parent, ".fetch-").map_err(unwritable)?;
    let scratch = temporary.path();
    // Beside the source, which would be a member of its workspace in it.
    let wanting = scratch.join("wanting");
    fs::create_dir(&wanting).map_err(unwritable)?;
    let package = resolve_and_fetch(context, &wanting, spec, name, &version)?;

    let source = unpacked(context, spec, &package)?;
    let mut destination = parent.join(source_name(&package));
    // Others may build what is there: it is complete, and then it stays as it is.
    let _lock = lock_folder(&parent, context.processes).map_err(unwritable)?;
    if destination.is_dir() && !update {
        expiry::touch(&destination);
        if destination.join(LOCKED_BY_MUSLIN).is_file() && is_locked {
            return Err(PublishedError::NoLockfile(spec.to_owned()));
        }
        return Ok(destination);
    }
    let copy = scratch.join("source");
    copy_tree(&source, &copy).map_err(unwritable)?;
    // As for `cargo install`, the toolchain that its authors work with chooses nothing.
    for name in TOOLCHAIN_FILES {
        match fs::remove_file(copy.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unwritable(error)),
            _ => {}
        }
    }
    let lockfile = copy.join("Cargo.lock");
    let has_lockfile = lockfile.is_file();
    if !has_lockfile && is_locked {
        return Err(PublishedError::NoLockfile(spec.to_owned()));
    }
    if !has_lockfile && !update {
        notice(&format!(
            "`{}` {} was published without a Cargo.lock: its dependencies are the newest of today",
            package.name, package.version
        ));
    }
    if !has_lockfile || *update {
        // It may have been written for a registry that has changed since.
        if has_lockfile {
            fs::remove_file(&lockfile).map_err(unwritable)?;
        }
        // The build that follows is always `--locked`.
        run_cargo(context, &copy, spec, &["generate-lockfile"])?;
        fs::write(copy.join(LOCKED_BY_MUSLIN), "").map_err(unwritable)?;
    }
    if *update {
        // Today's dependencies have a folder of their own, and others those of another day.
        let (digest, _) = File::open(&lockfile)
            .and_then(Digest::of_reader)
            .map_err(unwritable)?;
        let digest = digest.hex();
        let start = digest.get(..12).unwrap_or(&digest);
        destination = parent.join(format!("{}-{start}", source_name(&package)));
        if destination.is_dir() {
            expiry::touch(&destination);
            return Ok(destination);
        }
    }
    fs::rename(&copy, &destination).map_err(unwritable)?;
    Ok(destination)
}

/// The toolchain files of rustup.
const TOOLCHAIN_FILES: [&str; 2] = ["rust-toolchain", "rust-toolchain.toml"];

/// Says that a package was published without a lock file, and the one there is muslin's.
const LOCKED_BY_MUSLIN: &str = ".muslin-locked";

/// The name of the directory of a package's source: two registries may have a package of one
/// name and version.
fn source_name(package: &LockedPackage) -> String {
    let checksum = package.checksum.as_deref().unwrap_or("unknown");
    let start = checksum.get(..12).unwrap_or(checksum);
    // The number changes when what is done to the source does.
    format!("{}-{start}-2", package.directory_name())
}

/// Lets cargo resolve and fetch the package, as the only dependency of an empty one.
fn resolve_and_fetch(
    context: &BuildContext<'_>,
    folder: &Utf8Path,
    spec: &str,
    name: &str,
    version: &str,
) -> Result<LockedPackage, PublishedError> {
    let manifest = format!(
        "[package]\nname = \"wants-{name}\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
         [lib]\npath = \"lib.rs\"\n[dependencies]\n{name} = \"{version}\"\n[workspace]\n"
    );
    for (file, text) in [("Cargo.toml", manifest.as_str()), ("lib.rs", "")] {
        let path = folder.join(file);
        fs::write(&path, text).map_err(|source| PublishedError::Write { path, source })?;
    }
    // `cargo metadata` would not do: it leaves out packages without a library.
    run_cargo(context, folder, spec, &["fetch"])?;
    let missing = || PublishedError::Fetch {
        spec: spec.to_owned(),
        message: "it is not among what cargo fetched".to_owned(),
    };
    let lock = fs::read_to_string(folder.join("Cargo.lock")).map_err(|_| missing())?;
    let lockfile = Lockfile::parse(&lock).map_err(|_| missing())?;
    let is_wanted = |package: &LockedPackage| package.name == name && package.source.is_some();
    lockfile
        .packages()
        .iter()
        .find(|package| is_wanted(package))
        .cloned()
        .ok_or_else(missing)
}

/// The directory in which cargo has unpacked the package: that of the registry whose archive has
/// the checksum of the lock file.
fn unpacked(
    context: &BuildContext<'_>,
    spec: &str,
    package: &LockedPackage,
) -> Result<Utf8PathBuf, PublishedError> {
    let name = package.directory_name();
    let registries = registry_cache(context.environment);
    let sources = registry_src(context.environment);
    let has_archive = |registry: &Utf8DirEntry| {
        let archive = File::open(registry.path().join(format!("{name}.crate")));
        let digest = archive.and_then(Digest::of_reader).ok();
        digest.is_some_and(|(digest, _)| Some(digest.hex()) == package.checksum)
    };
    let mut directories = registries.read_dir_utf8().into_iter().flatten().flatten();
    directories
        .find(has_archive)
        .map(|registry| sources.join(registry.file_name()).join(&name))
        .filter(|directory| directory.is_dir())
        .ok_or_else(|| PublishedError::Fetch {
            spec: spec.to_owned(),
            message: format!("cargo has fetched no archive of `{name}` into `{registries}`"),
        })
}

/// Runs cargo; if it fails, the error has the first line of its stderr that tells the cause.
fn run_cargo(
    context: &BuildContext<'_>,
    folder: &Utf8Path,
    spec: &str,
    arguments: &[&str],
) -> Result<(), PublishedError> {
    let cargo = program(context.environment, "CARGO", "cargo").ok_or(PublishedError::NoCargo)?;
    let mut command = Command::new(cargo);
    command
        .args(arguments)
        .args(context.offline.then_some("--offline"))
        .current_dir(folder)
        .env_clear()
        // As `cargo install` does: the newest version that this compiler can build.
        .env("CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS", "fallback")
        .envs(context.environment)
        // Nothing is compiled, and a wrapper may not answer.
        .env("RUSTC_WRAPPER", "");
    let output = context
        .processes
        .output(&mut command)
        .map_err(|_| PublishedError::NoCargo)?;
    if output.status.success() {
        return Ok(());
    }
    // The lines after it name the empty package, which the user does not know.
    let stderr = String::from_utf8_lossy(&output.stderr);
    let error = stderr
        .lines()
        .find_map(|line| line.trim().strip_prefix("error: "));
    Err(PublishedError::Fetch {
        spec: spec.to_owned(),
        message: error.unwrap_or(stderr.trim()).to_owned(),
    })
}
