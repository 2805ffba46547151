//! Building a musl standard library from rust-src with cargo's `-Zbuild-std`.

use std::fs;
use std::io;
use std::process::{Command, Stdio};

use camino::Utf8Path;

use super::error::StdError;
use super::installed::Toolchain;
use crate::compile::context::BuildContext;
use crate::compile::env::registry_src;
use crate::compile::script::write_script;
use crate::temporary;

/// The rustflags. Fat LTO needs the bitcode, backtraces need the unwind tables.
pub(super) const FLAGS: [&str; 3] = [
    "-Cembed-bitcode=yes",
    "-Cforce-unwind-tables=yes",
    "-Ctarget-feature=+crt-static",
];

/// The `RUSTC_WRAPPER`. It compiles `panic_abort` with `-Cpanic=abort`, because rustc refuses to
/// link it into programs with `panic = "abort"` otherwise, and remaps the sources of registries,
/// whose directory names are known only when cargo has fetched from them.
pub(super) const RUSTC_WRAPPER: &str = "#!/bin/sh\n\
    for registry in \"$MUSLIN_REGISTRIES\"/*/; do\n\
    set -- \"$@\" --remap-path-prefix \"${registry%/}=/crates\"\n\
    done\n\
    case \" $* \" in\n\
    *\" --crate-name panic_abort \"*) exec \"$@\" -Cpanic=abort ;;\n\
    *) exec \"$@\" ;;\n\
    esac\n";

/// The settings of the release profile, passed with `--config` so that neither variables nor
/// configuration files of the user change a library that all projects share.
pub(super) const PROFILE: [&str; 9] = [
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

/// The manifest of an empty library: `-Zbuild-std` builds std as its dependency.
const MANIFEST: &str = "[package]\nname = \"musl-std\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
    [lib]\npath = \"lib.rs\"\n[workspace]\n";

/// What the names of folders start with in which std is built.
const TEMPORARY_PREFIX: &str = ".build-";

/// Builds std for these targets, and when all are built, moves the libraries of each to the
/// directory `cache_folder/TARGET`.
pub(super) fn build_std(
    context: &BuildContext<'_>,
    toolchain: &Toolchain,
    rust_src: &Utf8Path,
    cache_folder: &Utf8Path,
    targets: &[&str],
) -> Result<(), StdError> {
    // Those of other toolchains, too: theirs may never be built again.
    let all = cache_folder.parent().map(Utf8Path::read_dir_utf8);
    for other in all.into_iter().flatten().flatten().flatten() {
        temporary::remove_abandoned(other.path(), TEMPORARY_PREFIX);
    }
    let scratch = temporary::folder_in(cache_folder, TEMPORARY_PREFIX)
        .map_err(|error| unwritable(cache_folder, error))?;
    let folder = scratch.path();
    let wrapper = folder.join("wrapper.sh");
    fs::write(folder.join("Cargo.toml"), MANIFEST)
        .and_then(|()| fs::write(folder.join("lib.rs"), ""))
        .and_then(|()| write_script(&wrapper, RUSTC_WRAPPER))
        .map_err(|error| unwritable(folder, error))?;

    let mut command = cargo_build(context, toolchain, rust_src, targets);
    command
        .current_dir(folder)
        .env("RUSTC_WRAPPER", &wrapper)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let status = context.processes.status(&mut command);
    let status = status.map_err(|source| StdError::Run {
        cargo: toolchain.cargo.clone(),
        source,
    })?;
    if !status.success() {
        return Err(StdError::Build {
            version: toolchain.version_line().to_owned(),
            rust_src: rust_src.to_owned(),
        });
    }
    for target in targets {
        let libraries = folder.join("target").join(target).join("release/deps");
        let ready = folder.join(target);
        let destination = cache_folder.join(target);
        move_libraries(&libraries, &ready)
            .and_then(|()| fs::rename(&ready, &destination))
            .map_err(|error| unwritable(&destination, error))?;
    }
    Ok(())
}

fn cargo_build(
    context: &BuildContext<'_>,
    toolchain: &Toolchain,
    rust_src: &Utf8Path,
    targets: &[&str],
) -> Command {
    let mut flags: Vec<String> = FLAGS.map(str::to_owned).to_vec();
    flags.push(format!(
        "--remap-path-prefix={rust_src}=/rustc/{}",
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
        .env_clear()
        .envs(context.environment)
        .env("RUSTC", &toolchain.rustc)
        // Here only: in the user's build it would make build scripts find a nightly compiler.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("MUSLIN_REGISTRIES", registry_src(context.environment))
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("RUSTC_WORKSPACE_WRAPPER");
    command
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

pub(super) fn unwritable(path: &Utf8Path, source: io::Error) -> StdError {
    StdError::Write {
        path: path.to_owned(),
        source,
    }
}
