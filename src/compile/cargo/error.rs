//! Why cargo made no executables.

use std::collections::BTreeSet;
use std::fs;
use std::io;

use camino::Utf8PathBuf;
use muslin_auditable::lockfile::Lockfile;

use crate::compile::env::Environment;
use crate::compile::openssl::choice;
use crate::compile::openssl::needed::OPENSSL_SYS;
use crate::compile::request::CompileRequest;
use crate::platform::TargetPlatform;

/// Why cargo made no executables.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum CargoError {
    #[error("cannot run `{cargo}`")]
    Run {
        cargo: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cargo could not build `{package}` for {targets}; it says why above")]
    Failed { package: String, targets: String },
    /// The linker or a build script failed.
    #[error("cargo could not build `{package}` for {targets}; it says why above. {advice}")]
    FailedForMusl {
        package: String,
        targets: String,
        advice: String,
        /// The dependencies whose build scripts failed.
        scripts: BTreeSet<String>,
    },
    #[error("`cargo metadata` failed: {0}")]
    Metadata(String),
    #[error("cannot read what `cargo build` prints")]
    Messages(#[source] io::Error),
    #[error(
        "`cargo build` made no `{bin}` for `{platform}`; a binary may lack one of its `required-features`"
    )]
    MissingExecutable {
        bin: String,
        platform: TargetPlatform,
    },
}

impl CargoError {
    /// cargo exited with an error, which it has printed.
    pub(super) fn failed(request: &CompileRequest) -> Self {
        Self::Failed {
            package: request.package.clone(),
            targets: targets(request),
        }
    }

    /// As [`Self::failed`], where it is likely that something does not support musl.
    /// `scripts` are the packages whose build scripts did not run to their end.
    pub(super) fn failed_for_musl(request: &CompileRequest, scripts: BTreeSet<String>) -> Self {
        Self::FailedForMusl {
            package: request.package.clone(),
            targets: targets(request),
            advice: advice(
                &request.targets(),
                &request.environment,
                &lockfile(request),
                &scripts,
            ),
            scripts,
        }
    }

    /// Whether the build script of this dependency failed.
    pub(in crate::compile) fn is_of_script(&self, name: &str) -> bool {
        matches!(self, Self::FailedForMusl { scripts, .. } if scripts.contains(name))
    }
}

/// The lock file of a workspace, or an empty one.
fn lockfile(request: &CompileRequest) -> Lockfile {
    let text = fs::read_to_string(request.workspace_root.join("Cargo.lock"));
    let parsed = text.ok().and_then(|text| Lockfile::parse(&text).ok());
    parsed.unwrap_or_default()
}

/// What can be done, by the build scripts that failed.
fn advice(
    targets: &[&str],
    environment: &Environment,
    lockfile: &Lockfile,
    scripts: &BTreeSet<String>,
) -> String {
    const OPENSSL: &str = "`openssl-sys` looks for an OpenSSL that is built for musl. A package that has a feature for it \
        can bring its own (`--features openssl/vendored`, `vendored-openssl` and the like), or use rustls instead";
    if scripts.contains(OPENSSL_SYS) {
        let mut targets = targets.iter();
        let chosen = targets.find_map(|target| choice::variable(environment, target));
        return match chosen {
            Some(variable) => format!(
                "`{variable}` is set, so `openssl-sys` has to find an OpenSSL that is built for musl with it; \
                 where it is not set, muslin builds one"
            ),
            None => OPENSSL.to_owned(),
        };
    }
    let is_library = |name: &&String| name.ends_with("-sys");
    match scripts.iter().find(is_library) {
        Some(name) => {
            let mut packages = lockfile.packages().iter();
            let uses_bindgen =
                packages.any(|package| package.name == *name && package.depends_on("bindgen"));
            let libclang = if uses_bindgen {
                ". It uses bindgen, which wants libclang on this machine (`apt-get install libclang-dev`)"
            } else {
                ""
            };
            format!(
                "`{name}` looks for a library that is built for musl, or builds it from C code; see whether it has \
                 a feature that builds its own, such as `vendored`, `bundled` or `static`{libclang}"
            )
        }
        None => "If it builds without `--target`, something in it does not support musl".to_owned(),
    }
}

/// The targets of a request, in backticks.
fn targets(request: &CompileRequest) -> String {
    let targets = request.targets();
    let targets: Vec<String> = targets.iter().map(|target| format!("`{target}`")).collect();
    targets.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::TargetPlatform;

    const AMD64: TargetPlatform = TargetPlatform::LinuxAmd64;

    #[test]
    fn openssl_sys_that_fails_is_explained_by_the_variable_that_is_set() {
        let said = |variables: &[(&str, &str)]| {
            let variables = variables.iter();
            let environment: Environment = variables
                .map(|(name, value)| (name.into(), value.into()))
                .collect();
            let scripts = BTreeSet::from([OPENSSL_SYS.to_owned()]);
            advice(
                &[AMD64.rust_target()],
                &environment,
                &Lockfile::default(),
                &scripts,
            )
        };
        assert!(said(&[]).contains("`--features openssl/vendored`"));
        let set = said(&[("OPENSSL_DIR", "/opt")]);
        assert!(set.starts_with("`OPENSSL_DIR` is set, so "), "{set}");
        let other = said(&[("AARCH64_UNKNOWN_LINUX_MUSL_OPENSSL_DIR", "/opt")]);
        assert_eq!(other, said(&[]));
    }

    #[test]
    fn libclang_is_named_where_a_script_that_failed_uses_bindgen() {
        let lockfile = |dependency: &str| {
            let text = format!(
                "[[package]]\nname = \"bzip3-sys\"\nversion = \"0.5.1\"\ndependencies = [\"{dependency}\"]\n"
            );
            Lockfile::parse(&text).unwrap()
        };
        let scripts = BTreeSet::from(["bzip3-sys".to_owned()]);
        for (dependency, is_named) in [
            ("bindgen", true),
            ("bindgen 0.71.1", true),
            ("bindgen-cli", false),
        ] {
            let said = advice(
                &[],
                &Environment::default(),
                &lockfile(dependency),
                &scripts,
            );
            assert_eq!(said.contains("libclang-dev"), is_named, "{said}");
        }
    }
}
