//! The musl standard library: the toolchain's own, or built once for each compiler.
//!
//! A built one is handed to cargo as `-L`, not as a sysroot: wrappers such as
//! sccache refuse to cache compilations with a sysroot of their own.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::compile::cache_key::key_of;
use crate::compile::context::Surroundings;
use crate::compile::env::cargo_home;
use crate::compile::script::make_executable;
use crate::compile::toolchain::installed::Toolchain;

/// How a toolchain gets its musl standard library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StdSource {
    /// It has it.
    Toolchain,
    /// rustup has added it just now.
    Rustup,
    /// It has the source, in this folder.
    Source(Utf8PathBuf),
}

/// Where the musl standard library of a build comes from. The three are different
/// bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "mcp", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StdOrigin {
    /// The toolchain's own.
    Toolchain,
    /// Built from the toolchain's rust-src.
    Built,
}

/// A musl standard library to compile with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Std {
    /// Where it comes from.
    pub origin: StdOrigin,
    /// For each target the folder of its libraries, where that is not the sysroot.
    pub folders: BTreeMap<String, Utf8PathBuf>,
    /// Where the source of the library is, if the toolchain has it.
    pub source: Utf8PathBuf,
}

/// Why the standard library could not be made.
#[derive(Debug, thiserror::Error)]
pub enum StdError {
    /// Its dependencies would have to be downloaded.
    #[error(
        "there is no musl standard library for `{version}` yet, and building one needs the network; \
         run `muslin setup` once without `--offline`"
    )]
    Offline {
        /// The compiler.
        version: String,
    },
    /// The cache cannot be written.
    #[error("cannot write the standard library to `{path}`")]
    Write {
        /// The folder.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// cargo could not be started.
    #[error("cannot run `{cargo}`")]
    Run {
        /// The cargo.
        cargo: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// cargo failed; its own words are above.
    #[error(
        "the musl standard library for `{version}` could not be built from `{source_folder}`; cargo says why above"
    )]
    Build {
        /// The compiler.
        version: String,
        /// The library's source.
        source_folder: Utf8PathBuf,
    },
}

/// The flags that a standard library is built with. Bitcode is what fat LTO reads,
/// unwind tables are what backtraces read.
const FLAGS: [&str; 3] = [
    "-Cembed-bitcode=yes",
    "-Cforce-unwind-tables=yes",
    "-Ctarget-feature=+crt-static",
];

/// Compiles `panic_abort` alone for the panic strategy that it is for: programs
/// with `panic = "abort"` refuse it otherwise.
///
/// A registry's folder has a name that depends on its address, and is there only
/// when cargo has fetched from it.
const WRAPPER: &str = "#!/bin/sh\n\
    for registry in \"$MUSLIN_REGISTRIES\"/*/; do\n\
    set -- \"$@\" --remap-path-prefix \"${registry%/}=/crates\"\n\
    done\n\
    case \" $* \" in\n\
    *\" --crate-name panic_abort \"*) exec \"$@\" -Cpanic=abort ;;\n\
    *) exec \"$@\" ;;\n\
    esac\n";

/// The profile that it is built with, said on the command line: a user's variables
/// and configuration shall not change what every project gets.
const PROFILE: [&str; 9] = [
    "codegen-units=16",
    "debug=false",
    "debug-assertions=false",
    "incremental=false",
    "lto=false",
    "opt-level=3",
    "overflow-checks=false",
    "panic=\"unwind\"",
    "strip=\"none\"",
];

/// What holds it all: a library of nothing, for whose sake cargo builds `std`.
const MANIFEST: &str = "[package]\nname = \"musl-std\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
    [lib]\npath = \"lib.rs\"\n[workspace]\n";

/// The standard library of this toolchain for these targets, built if need be.
///
/// # Errors
/// What [`StdError`] says.
pub fn ensure(
    surroundings: &Surroundings<'_>,
    toolchain: &Toolchain,
    source: StdSource,
    targets: &[&str],
    notice: &dyn Fn(&str),
) -> Result<Std, StdError> {
    let rust_src = toolchain.sysroot.join("lib/rustlib/src/rust");
    let StdSource::Source(source) = source else {
        return Ok(Std {
            origin: StdOrigin::Toolchain,
            folders: BTreeMap::new(),
            source: rust_src,
        });
    };
    let shelf = surroundings
        .cache_dir
        .join("std")
        .join(key(toolchain, &source));
    let folder = |target: &&str| shelf.join(target);
    let missing = |target: &&str| !folder(target).is_dir();
    if targets.iter().any(missing) {
        if surroundings.offline {
            return Err(StdError::Offline {
                version: toolchain.version_line().to_owned(),
            });
        }
        fs::create_dir_all(&shelf).map_err(|error| unwritable(&shelf, error))?;
        // Whoever comes second waits and finds it done.
        let lock = File::open(&shelf).map_err(|error| unwritable(&shelf, error))?;
        rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive)
            .map_err(|error| unwritable(&shelf, error.into()))?;
        let missing: Vec<&str> = targets
            .iter()
            .copied()
            .filter(|target| missing(target))
            .collect();
        if !missing.is_empty() {
            notice(&format!(
                "building the musl standard library of {} for {} (once, some minutes)",
                toolchain.version_line(),
                missing.join(" and "),
            ));
            build(surroundings, toolchain, &source, &shelf, &missing)?;
        }
    }
    let folders = targets
        .iter()
        .map(|target| ((*target).to_owned(), folder(target)))
        .collect();
    Ok(Std {
        origin: StdOrigin::Built,
        folders,
        source: rust_src,
    })
}

/// Whether [`ensure`] would find all that it needs.
#[must_use]
pub fn is_built(
    cache_dir: &Utf8Path,
    toolchain: &Toolchain,
    source: &Utf8Path,
    targets: &[&str],
) -> bool {
    let shelf = cache_dir.join("std").join(key(toolchain, source));
    targets.iter().all(|target| shelf.join(target).is_dir())
}

/// Names all that the bytes of the library depend on.
fn key(toolchain: &Toolchain, source: &Utf8Path) -> String {
    let lock = fs::read_to_string(source.join("library/Cargo.lock")).unwrap_or_default();
    key_of(&BTreeMap::from([
        ("rustc", toolchain.verbose_version.clone()),
        ("flags", FLAGS.join(" ")),
        ("profile", PROFILE.concat()),
        ("wrapper", WRAPPER.to_owned()),
        ("source", source.to_string()),
        ("lock", lock),
    ]))
}

fn unwritable(path: &Utf8Path, source: io::Error) -> StdError {
    StdError::Write {
        path: path.to_owned(),
        source,
    }
}

/// Builds into a folder beside the shelf and moves each target's libraries into
/// their place when all are done.
fn build(
    surroundings: &Surroundings<'_>,
    toolchain: &Toolchain,
    source: &Utf8Path,
    shelf: &Utf8Path,
    targets: &[&str],
) -> Result<(), StdError> {
    let scratch = tempfile::Builder::new().prefix(".build-").tempdir_in(shelf);
    let scratch = scratch.map_err(|error| unwritable(shelf, error))?;
    let folder = Utf8Path::from_path(scratch.path()).expect("it is in a folder whose name is text");
    let wrapper = folder.join("wrapper.sh");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| unwritable(&path, error))
    };
    write("Cargo.toml", MANIFEST)?;
    write("lib.rs", "")?;
    write("wrapper.sh", WRAPPER)?;
    make_executable(&wrapper).map_err(|error| unwritable(&wrapper, error))?;

    let mut flags: Vec<String> = FLAGS.map(str::to_owned).to_vec();
    flags.push(format!(
        "--remap-path-prefix={source}=/rustc/{}",
        toolchain.commit()
    ));
    let mut command = Command::new(&toolchain.cargo);
    command
        .args([
            "build",
            "--release",
            "-Zbuild-std=std,panic_abort",
            "--target-dir",
            "target",
        ])
        .args(targets.iter().flat_map(|target| ["--target", target]))
        .args(
            PROFILE
                .iter()
                .flat_map(|setting| ["--config".to_owned(), format!("profile.release.{setting}")]),
        )
        .current_dir(folder)
        .env_clear()
        .envs(surroundings.environment)
        .env("RUSTC", &toolchain.rustc)
        // Nightly features are for the standard library alone, never for the user's build.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC_WRAPPER", &wrapper)
        .env("MUSLIN_REGISTRIES", registries(surroundings))
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let status = surroundings.processes.status(&mut command);
    let status = status.map_err(|source| StdError::Run {
        cargo: toolchain.cargo.clone(),
        source,
    })?;
    if !status.success() {
        return Err(StdError::Build {
            version: toolchain.version_line().to_owned(),
            source_folder: source.to_owned(),
        });
    }
    for target in targets {
        let place = shelf.join(target);
        let libraries = folder.join("target").join(target).join("release/deps");
        let ready = folder.join(target);
        move_libraries(&libraries, &ready)
            .and_then(|()| fs::rename(&ready, &place))
            .map_err(|error| unwritable(&place, error))?;
    }
    Ok(())
}

fn move_libraries(from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in from.read_dir_utf8()? {
        let entry = entry?;
        let name = entry.file_name();
        if name.ends_with(".rlib") && !name.starts_with("libmusl_std-") {
            fs::rename(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}

/// Where cargo keeps the sources of registries.
fn registries(surroundings: &Surroundings<'_>) -> Utf8PathBuf {
    cargo_home(surroundings.environment).join("registry/src")
}
