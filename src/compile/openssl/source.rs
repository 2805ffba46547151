//! The source of OpenSSL: the crate `openssl-src`, pinned by a lock file.

use std::fs;
use std::process::Command;
use std::sync::LazyLock;

use camino::{Utf8Path, Utf8PathBuf};
use muslin_auditable::lockfile::{LockedPackage, Lockfile};
use serde::Deserialize;

use super::error::OpensslError;
use crate::compile::context::BuildContext;
use crate::compile::toolchain::installed::Toolchain;

const MANIFEST: &str = include_str!("openssl-src.toml");
pub(super) const LOCK: &str = include_str!("openssl-src.lock");

static PACKAGE: LazyLock<LockedPackage> = LazyLock::new(|| {
    let lockfile = Lockfile::parse(LOCK).expect("a test parses this file");
    let mut packages = lockfile.packages().iter();
    let package = packages.find(|package| package.name == "openssl-src");
    package.expect("a test finds it").clone()
});

/// The crate `openssl-src`, as it is locked.
pub(super) fn package() -> &'static LockedPackage {
    &PACKAGE
}

/// The version of OpenSSL: `3.6.3` of `openssl-src` 300.6.1+3.6.3.
pub(super) fn version() -> &'static str {
    let version = &package().version;
    version.split_once('+').map_or(version, |(_, of)| of)
}

/// The directory of OpenSSL's source, which cargo downloads if it has not. `folder` is an empty one.
///
/// # Errors
/// cargo cannot fetch it.
pub(super) fn fetch(
    context: &BuildContext<'_>,
    toolchain: &Toolchain,
    folder: &Utf8Path,
) -> Result<Utf8PathBuf, OpensslError> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
        manifest_path: Utf8PathBuf,
    }

    let unwritable = |source| OpensslError::Write {
        path: folder.to_owned(),
        source,
    };
    fs::create_dir_all(folder).map_err(unwritable)?;
    for (name, text) in [
        ("Cargo.toml", MANIFEST),
        ("Cargo.lock", LOCK),
        ("lib.rs", ""),
    ] {
        fs::write(folder.join(name), text).map_err(unwritable)?;
    }
    let version = || package().version.clone();
    let failed = |message: &str| OpensslError::Fetch {
        version: version(),
        message: message.to_owned(),
    };
    let mut command = Command::new(&toolchain.cargo);
    command
        .args(["metadata", "--format-version", "1", "--locked", "--quiet"])
        .args(context.offline.then_some("--offline"))
        .current_dir(folder)
        .env_clear()
        .envs(context.environment)
        .env("RUSTC", &toolchain.rustc)
        // Nothing is compiled, and a wrapper may not answer.
        .env("RUSTC_WRAPPER", "");
    let output = context.processes.output(&mut command);
    let output = output.map_err(|error| failed(&error.to_string()))?;
    if !output.status.success() {
        if context.offline {
            return Err(OpensslError::Offline { version: version() });
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        return Err(failed(stderr.trim().trim_start_matches("error: ")));
    }
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).map_err(|error| failed(&error.to_string()))?;
    let mut packages = metadata.packages.into_iter();
    packages
        .find(|found| found.name == package().name)
        .and_then(|found| Some(found.manifest_path.parent()?.join("openssl")))
        .ok_or_else(|| failed("it is not among what cargo fetched"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_pins_what_the_manifest_asks_for() {
        assert!(package().checksum.is_some());
        let (release, openssl) = package().version.split_once('+').unwrap();
        assert_eq!(version(), openssl);
        let wanted = format!("openssl-src = \"={release}\"\n");
        assert!(MANIFEST.contains(&wanted), "{wanted}");
    }
}
