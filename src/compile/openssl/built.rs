//! OpenSSL in the cache: built where it is missing, complete or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use camino::{Utf8Path, Utf8PathBuf};
use muslin_auditable::lockfile::LockedPackage;
use schemars::JsonSchema;
use serde::Serialize;

use super::build::{self, Inputs, Tools};
use super::error::{OpensslError, unwritable};
use super::{choice, source};
use crate::cache::expiry;
use crate::compile::cache_key::cache_key;
use crate::compile::env::var;
use crate::compile::linker::wheels;
use crate::compile::lock::lock_folder;
use crate::platform::TargetPlatform;
use crate::temporary;

/// What the names of folders start with in which OpenSSL is built.
const TEMPORARY_PREFIX: &str = ".build-";

/// The OpenSSL of a build: a folder with `include` and `lib` for each target that needs one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Openssl {
    folders: BTreeMap<&'static str, Utf8PathBuf>,
}

/// The OpenSSL that muslin built into the executables of some platforms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct OpensslReport {
    /// Its version.
    pub version: String,
    /// The crate that its source is from: `openssl-src` with its version.
    pub source: String,
    /// The platforms.
    pub platforms: Vec<TargetPlatform>,
}

impl Openssl {
    /// The OpenSSL for these targets, which is built where the cache has none.
    ///
    /// # Errors
    /// What [`OpensslError`] says.
    pub fn ensure(
        inputs: &Inputs<'_>,
        targets: &[&'static str],
        notice: &dyn Fn(&str),
    ) -> Result<Self, OpensslError> {
        if targets.is_empty() {
            return Ok(Self::default());
        }
        let folder = cache_folder(inputs);
        let is_missing = |target: &&str| !folder.join(target).is_dir();
        if targets.iter().any(&is_missing) {
            fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, error))?;
            let lock = lock_folder(&folder, inputs.context.processes);
            let _lock = lock.map_err(|error| unwritable(&folder, error))?;
            // Another process may have built it meanwhile.
            let missing: Vec<&str> = targets.iter().copied().filter(is_missing).collect();
            if !missing.is_empty() {
                build(inputs, &folder, &missing, notice)?;
            }
        }
        expiry::touch(&folder);
        let folders = targets.iter().map(|target| (*target, folder.join(target)));
        Ok(Self {
            folders: folders.collect(),
        })
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.folders.is_empty()
    }

    /// The variables with which `openssl-sys` finds it. It links it statically, because there is no
    /// shared library.
    pub fn variables(&self) -> impl Iterator<Item = (String, &Utf8Path)> {
        let variable = |target: &str| format!("{}_OPENSSL_DIR", choice::prefix(target));
        let folders = self.folders.iter();
        folders.map(move |(target, folder)| (variable(target), folder.as_path()))
    }

    /// The targets for which one of these directories is searched for libraries.
    #[must_use]
    pub fn linked(&self, directories: &[Utf8PathBuf]) -> Vec<&'static str> {
        let is_linked = |folder: &Utf8PathBuf| directories.contains(&folder.join("lib"));
        let linked = self.folders.iter().filter(|(_, folder)| is_linked(folder));
        linked.map(|(target, _)| *target).collect()
    }
}

/// The crate that the source of OpenSSL is from.
#[must_use]
pub fn package() -> &'static LockedPackage {
    source::package()
}

impl OpensslReport {
    /// The report, if OpenSSL is linked for one of the platforms.
    #[must_use]
    pub fn new(platforms: &[TargetPlatform], linked: &[&str]) -> Option<Self> {
        let mut platforms = platforms.to_vec();
        platforms.retain(|platform| linked.contains(&platform.rust_target()));
        (!platforms.is_empty()).then(|| Self {
            version: source::version().to_owned(),
            source: format!("{} {}", package().name, package().version),
            platforms,
        })
    }
}

/// The cache folder, in which each target has one. Its key covers all that the bytes depend on.
fn cache_folder(inputs: &Inputs<'_>) -> Utf8PathBuf {
    // The pinned zig is the same wherever the cache is.
    let zig_path = var(inputs.context.environment, "CARGO_ZIGBUILD_ZIG_PATH");
    let key = cache_key(&BTreeMap::from([
        ("recipe", build::recipe()),
        ("source", source::LOCK.to_owned()),
        ("zig", inputs.zig.version.clone()),
        ("zig-path", zig_path.unwrap_or_default().to_owned()),
        ("zigbuild", wheels::cargo_zigbuild().version.clone()),
        ("rustc", inputs.toolchain.verbose_version.clone()),
        ("rustflags", inputs.rustflags.to_owned()),
    ]));
    inputs.context.cache_dir.join("openssl").join(key)
}

/// Builds OpenSSL for these targets, each into `folder/TARGET`.
fn build(
    inputs: &Inputs<'_>,
    folder: &Utf8Path,
    targets: &[&str],
    notice: &dyn Fn(&str),
) -> Result<(), OpensslError> {
    let context = &inputs.context;
    let tools = Tools::find(context)?;
    // Those of other keys, too: theirs may never be built again.
    let all = folder.parent().map(Utf8Path::read_dir_utf8);
    for other in all.into_iter().flatten().flatten().flatten() {
        temporary::remove_abandoned(other.path(), TEMPORARY_PREFIX);
    }
    let scratch = temporary::folder_in(folder, TEMPORARY_PREFIX)
        .map_err(|error| unwritable(folder, error))?;
    let source = source::fetch(context, inputs.toolchain, &scratch.path().join("fetch"))?;
    let what = format!(
        "OpenSSL {} for {}",
        source::version(),
        targets.join(" and ")
    );
    notice(&format!("building {what} (once, some minutes)"));
    let begun = Instant::now();
    for target in targets {
        let ready = build::build(
            inputs,
            &tools,
            &source,
            &scratch.path().join(target),
            target,
        )?;
        let destination = folder.join(target);
        fs::rename(&ready, &destination).map_err(|error| unwritable(&destination, error))?;
    }
    notice(&format!("built {what} in {} s", begun.elapsed().as_secs()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AMD64: &str = "x86_64-unknown-linux-musl";
    const ARM64: &str = "aarch64-unknown-linux-musl";

    fn openssl() -> Openssl {
        let folders = [AMD64, ARM64].map(|target| (target, Utf8Path::new("/key").join(target)));
        Openssl {
            folders: BTreeMap::from(folders),
        }
    }

    #[test]
    fn each_target_has_a_variable_with_its_folder() {
        let openssl = openssl();
        let variables: Vec<String> = openssl
            .variables()
            .map(|(name, folder)| format!("{name}={folder}"))
            .collect();
        let expected = [
            "AARCH64_UNKNOWN_LINUX_MUSL_OPENSSL_DIR=/key/aarch64-unknown-linux-musl",
            "X86_64_UNKNOWN_LINUX_MUSL_OPENSSL_DIR=/key/x86_64-unknown-linux-musl",
        ];
        assert_eq!(variables, expected);
    }

    #[test]
    fn what_is_reported_is_what_build_scripts_have_linked() {
        let directories = ["/other/lib", "/key/aarch64-unknown-linux-musl/lib"].map(Into::into);
        let linked = openssl().linked(&directories);
        assert_eq!(linked, [ARM64]);
        let both = [TargetPlatform::LinuxAmd64, TargetPlatform::LinuxArm64];
        let report = OpensslReport::new(&both, &linked).unwrap();
        assert_eq!(report.platforms, both[1..]);
        assert_eq!(OpensslReport::new(&both, &openssl().linked(&[])), None);
    }
}
