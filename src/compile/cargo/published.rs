//! The source of a published package, by way of cargo.

use std::fs;
use std::io;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

use crate::compile::context::Surroundings;
use crate::compile::env::{cargo_home, on_path};
use crate::compile::request::LockMode;

/// Why a published package cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum PublishedError {
    /// The name or the version has a form that none has.
    #[error("`{0}` is no package; write `--crate NAME` or `--crate NAME@VERSION`")]
    Malformed(String),
    /// There is no cargo.
    #[error(
        "`cargo` is not on the PATH; install Rust (with rustup or your distribution's packages) and try again"
    )]
    NoCargo,
    /// cargo could not find or fetch it.
    #[error("cargo cannot fetch `{spec}`: {message}")]
    Fetch {
        /// What was asked for.
        spec: String,
        /// What cargo says.
        message: String,
    },
    /// It was published without its lock file.
    #[error(
        "`{0}` was published without a `Cargo.lock`, and `--locked` wants one; leave `--locked` out to build it with the newest dependencies"
    )]
    NoLock(String),
    /// The cache cannot be written.
    #[error("cannot write to `{path}`")]
    Write {
        /// The folder.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The part of `Cargo.lock` that says which version was taken.
#[derive(Deserialize)]
struct Lock {
    package: Vec<Fetched>,
}

#[derive(Deserialize)]
struct Fetched {
    name: String,
    version: String,
    source: Option<String>,
}

/// Fetches the package and gives the folder of its source, in the cache, where it
/// can be built like any other. The newest version is taken where none is named.
///
/// # Errors
/// What [`PublishedError`] says.
pub fn fetch(
    surroundings: &Surroundings<'_>,
    spec: &str,
    lock: LockMode,
    notice: &dyn Fn(&str),
) -> Result<Utf8PathBuf, PublishedError> {
    let (name, version) = match spec.split_once('@') {
        Some((name, version)) => (name, format!("={version}")),
        None => (spec, "*".to_owned()),
    };
    let word = |text: &str, more: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    if !word(name, "_-") || !word(&version, "=*.+-") {
        return Err(PublishedError::Malformed(spec.to_owned()));
    }
    let shelf = surroundings.cache_dir.join("published");
    let unwritable = |source| PublishedError::Write {
        path: shelf.clone(),
        source,
    };
    fs::create_dir_all(&shelf).map_err(unwritable)?;
    let scratch = tempfile::Builder::new()
        .prefix(".fetch-")
        .tempdir_in(&shelf)
        .map_err(unwritable)?;
    let folder = Utf8Path::from_path(scratch.path()).expect("the cache's name is text");
    let fetched = ask_cargo(surroundings, folder, spec, name, &version)?;

    let source = unpacked(surroundings, spec, &fetched)?;
    let place = shelf.join(format!("{}-{}", fetched.name, fetched.version));
    if !place.is_dir() {
        let copy = folder.join("source");
        copy_tree(&source, &copy).map_err(unwritable)?;
        // Who was quicker has put the same there.
        if let Err(error) = fs::rename(&copy, &place)
            && !place.is_dir()
        {
            return Err(unwritable(error));
        }
    }
    let own_lock = source.join("Cargo.lock").is_file();
    if !own_lock {
        if lock.locked || lock.frozen {
            return Err(PublishedError::NoLock(spec.to_owned()));
        }
        notice(&format!(
            "`{}` {} was published without a Cargo.lock: its dependencies are the newest of today",
            fetched.name, fetched.version
        ));
        // So that the build that follows can be `--locked` in any case.
        run_cargo(surroundings, &place, spec, &["generate-lockfile"])?;
    }
    Ok(place)
}

/// Lets cargo resolve and fetch the package as the only dependency of an empty one.
fn ask_cargo(
    surroundings: &Surroundings<'_>,
    folder: &Utf8Path,
    spec: &str,
    name: &str,
    version: &str,
) -> Result<Fetched, PublishedError> {
    let manifest = format!(
        "[package]\nname = \"wants-{name}\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
         [lib]\npath = \"lib.rs\"\n[dependencies]\n{name} = \"{version}\"\n[workspace]\n"
    );
    for (file, text) in [("Cargo.toml", manifest.as_str()), ("lib.rs", "")] {
        let path = folder.join(file);
        fs::write(&path, text).map_err(|source| PublishedError::Write { path, source })?;
    }
    // Not `cargo metadata`: it leaves packages out that have no library.
    run_cargo(surroundings, folder, spec, &["fetch"])?;
    let missing = || PublishedError::Fetch {
        spec: spec.to_owned(),
        message: "it is not among what cargo fetched".to_owned(),
    };
    let lock = fs::read_to_string(folder.join("Cargo.lock")).map_err(|_| missing())?;
    let lock: Lock = toml::from_str(&lock).map_err(|_| missing())?;
    let is_it = |package: &Fetched| package.name == name && package.source.is_some();
    lock.package.into_iter().find(is_it).ok_or_else(missing)
}

/// Where cargo has unpacked the package, below the folder of its registry.
fn unpacked(
    surroundings: &Surroundings<'_>,
    spec: &str,
    fetched: &Fetched,
) -> Result<Utf8PathBuf, PublishedError> {
    let name = format!("{}-{}", fetched.name, fetched.version);
    let registries = cargo_home(surroundings.environment).join("registry/src");
    let mut folders = registries.read_dir_utf8().into_iter().flatten().flatten();
    folders
        .find_map(|registry| Some(registry.path().join(&name)).filter(|folder| folder.is_dir()))
        .ok_or_else(|| PublishedError::Fetch {
            spec: spec.to_owned(),
            message: format!("cargo has unpacked no `{name}` in `{registries}`"),
        })
}

fn run_cargo(
    surroundings: &Surroundings<'_>,
    folder: &Utf8Path,
    spec: &str,
    arguments: &[&str],
) -> Result<Vec<u8>, PublishedError> {
    let cargo = on_path(surroundings.environment, "cargo").ok_or(PublishedError::NoCargo)?;
    let mut command = Command::new(cargo);
    command
        .args(arguments)
        .args(surroundings.offline.then_some("--offline"))
        .current_dir(folder)
        .env_clear()
        .envs(surroundings.environment);
    let output = surroundings
        .processes
        .output(&mut command)
        .map_err(|_| PublishedError::NoCargo)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    // The first error is the cause; what follows tells of our own empty package.
    let said = String::from_utf8_lossy(&output.stderr);
    let error = said
        .lines()
        .find_map(|line| line.trim().strip_prefix("error: "));
    Err(PublishedError::Fetch {
        spec: spec.to_owned(),
        message: error.unwrap_or(said.trim()).to_owned(),
    })
}

fn copy_tree(from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in from.read_dir_utf8()? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
