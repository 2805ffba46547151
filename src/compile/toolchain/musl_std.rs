//! The musl standard library: that of the toolchain, or one built from rust-src and cached.
//!
//! A cached one is passed to rustc with `-L`, not with `--sysroot`, because sccache does not
//! cache compilations that have a `--sysroot`.

use std::collections::BTreeMap;
use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::Serialize;

use super::build_std::{FLAGS, PROFILE, RUSTC_WRAPPER, build_std, unwritable};
use super::error::StdError;
use super::installed::Toolchain;
use crate::cache::expiry;
use crate::compile::cache_key::cache_key;
use crate::compile::context::BuildContext;
use crate::compile::lock::lock_folder;

/// How a toolchain gets its musl standard library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StdSource {
    /// It is in the sysroot.
    Toolchain,
    /// rustup has just added it to the sysroot.
    Rustup,
    /// It is built from rust-src in this directory.
    RustSrc(Utf8PathBuf),
}

/// Where the musl standard library of a build comes from. The two differ in their bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StdOrigin {
    /// The toolchain's own.
    Toolchain,
    /// Built from the toolchain's rust-src.
    Built,
}

/// A musl standard library to compile with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MuslStd {
    /// Where it comes from.
    pub origin: StdOrigin,
    /// For each target the directory to pass with `-L`; empty for that of the sysroot.
    pub search_paths: BTreeMap<String, Utf8PathBuf>,
    /// The source that its panic messages and debug information name, if rust-src is installed.
    pub rust_src: Utf8PathBuf,
}

/// Returns the musl standard library of this toolchain, and builds it where it is missing.
///
/// # Errors
/// What [`StdError`] says.
pub fn ensure(
    context: &BuildContext<'_>,
    toolchain: &Toolchain,
    source: StdSource,
    targets: &[&str],
    notice: &dyn Fn(&str),
) -> Result<MuslStd, StdError> {
    let StdSource::RustSrc(rust_src) = source else {
        return Ok(MuslStd {
            origin: StdOrigin::Toolchain,
            search_paths: BTreeMap::new(),
            rust_src: toolchain.rust_src_directory(),
        });
    };
    let folder = cache_folder(context.cache_dir, toolchain, &rust_src);
    let is_missing = |target: &&str| !folder.join(target).is_dir();
    if targets.iter().any(is_missing) {
        if context.offline {
            return Err(StdError::Offline {
                version: toolchain.version_line().to_owned(),
            });
        }
        fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, error))?;
        let _lock =
            lock_folder(&folder, context.processes).map_err(|error| unwritable(&folder, error))?;
        // Another process may have built it meanwhile.
        let missing: Vec<&str> = targets.iter().copied().filter(is_missing).collect();
        if !missing.is_empty() {
            notice(&format!(
                "building the musl standard library of {} for {} (once, some minutes)",
                toolchain.version_line(),
                missing.join(" and "),
            ));
            build_std(context, toolchain, &rust_src, &folder, &missing)?;
        }
    }
    expiry::touch(&folder);
    let search_paths = targets
        .iter()
        .map(|target| ((*target).to_owned(), folder.join(target)))
        .collect();
    Ok(MuslStd {
        origin: StdOrigin::Built,
        search_paths,
        rust_src: toolchain.rust_src_directory(),
    })
}

/// Whether [`ensure`] would find all targets in the cache.
#[must_use]
pub fn is_built(
    cache_dir: &Utf8Path,
    toolchain: &Toolchain,
    rust_src: &Utf8Path,
    targets: &[&str],
) -> bool {
    let folder = cache_folder(cache_dir, toolchain, rust_src);
    targets.iter().all(|target| folder.join(target).is_dir())
}

/// The cache folder of a standard library. Its key covers all that the bytes depend on, because
/// cargo does not watch files that are passed with `-L`.
fn cache_folder(cache_dir: &Utf8Path, toolchain: &Toolchain, rust_src: &Utf8Path) -> Utf8PathBuf {
    let lock = fs::read_to_string(rust_src.join("library/Cargo.lock")).unwrap_or_default();
    let key = cache_key(&BTreeMap::from([
        ("rustc", toolchain.verbose_version.clone()),
        ("flags", FLAGS.join(" ")),
        ("profile", PROFILE.concat()),
        ("wrapper", RUSTC_WRAPPER.to_owned()),
        ("source", rust_src.to_string()),
        ("lock", lock),
    ]));
    cache_dir.join("std").join(key)
}
