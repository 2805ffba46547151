//! What cargo says of a build on stdout: JSON messages, one a line.
//!
//! <https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages>

use std::collections::BTreeSet;
use std::io::{self, BufRead};

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::{Artifact, Message, PackageId, TargetKind};

/// The messages of a build.
#[derive(Debug, Default)]
pub(super) struct Messages {
    /// What was built.
    pub(super) artifacts: Vec<Artifact>,
    /// The packages whose build scripts ran to their end, for one target at least.
    executed: BTreeSet<PackageId>,
    /// The directories in which build scripts let the linker search for libraries.
    pub(super) library_directories: Vec<Utf8PathBuf>,
}

impl Messages {
    /// Reads all messages. Lines that are none are skipped.
    ///
    /// # Errors
    /// They cannot be read.
    pub(super) fn read(lines: impl BufRead) -> io::Result<Self> {
        let mut messages = Self::default();
        for message in Message::parse_stream(lines) {
            match message? {
                Message::CompilerArtifact(artifact) => messages.artifacts.push(artifact),
                Message::BuildScriptExecuted(script) => {
                    messages.executed.insert(script.package_id);
                    let paths = script.linked_paths.iter().map(|path| directory(path));
                    messages.library_directories.extend(paths);
                }
                _ => {}
            }
        }
        Ok(messages)
    }

    /// The names of the dependencies whose build script was compiled and ran for no target. Those
    /// of packages that are not downloaded are left out: what fails there is the user's own code.
    pub(super) fn failed_build_scripts(&self) -> BTreeSet<String> {
        let is_build_script = |artifact: &Artifact| {
            artifact.target.kind.contains(&TargetKind::CustomBuild)
                && !artifact.package_id.repr.starts_with("path+")
        };
        self.artifacts
            .iter()
            .filter(|found| is_build_script(found) && !self.executed.contains(&found.package_id))
            .map(|script| package_name(&script.package_id))
            .collect()
    }
}

/// The directory of `rustc-link-search`: `[KIND=]PATH`.
fn directory(searched: &Utf8Path) -> Utf8PathBuf {
    let searched = searched.as_str();
    let path = searched.split_once('=').map_or(searched, |(_, path)| path);
    path.into()
}

/// The name in a package ID: `registry+https://…#libc@0.2.0`, or `git+https://…/libc#0.2.0`.
fn package_name(id: &PackageId) -> String {
    let (source, fragment) = id.repr.rsplit_once('#').unwrap_or(("", &id.repr));
    let name = match fragment.split_once('@') {
        Some((name, _)) => name,
        None => source.rsplit('/').next().unwrap_or(fragment),
    };
    name.split('?').next().unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The message that the build script of a package was compiled.
    fn compiled(package: &str) -> String {
        format!(
            r#"{{"reason":"compiler-artifact","package_id":"{package}","manifest_path":"/a/Cargo.toml","target":{{"kind":["custom-build"],"crate_types":["bin"],"name":"build-script-build","src_path":"/a/build.rs","edition":"2021","doc":false,"doctest":false,"test":false}},"profile":{{"opt_level":"0","debuginfo":0,"debug_assertions":false,"overflow_checks":false,"test":false}},"features":[],"filenames":[],"executable":null,"fresh":false}}"#
        )
    }

    #[test]
    fn library_directories_are_those_of_build_scripts() {
        let line = executed("registry+https://x#libc@1.0.0");
        let line = line.replace(
            r#""linked_paths":[]"#,
            r#""linked_paths":["native=/a b/lib","/c"]"#,
        );
        let messages = Messages::read(line.as_bytes()).unwrap();
        assert_eq!(messages.library_directories, ["/a b/lib", "/c"]);
    }

    fn executed(package: &str) -> String {
        format!(
            r#"{{"reason":"build-script-executed","package_id":"{package}","linked_libs":[],"linked_paths":[],"cfgs":[],"env":[],"out_dir":"/out"}}"#
        )
    }

    #[test]
    fn a_build_script_that_never_ran_to_its_end_failed() {
        let (openssl, libc) = (
            "registry+https://x#openssl-sys@1.0.0",
            "registry+https://x#libc@1.0.0",
        );
        let own = "path+file:///app#1.0.0";
        for (lines, failed) in [
            (
                vec![compiled(openssl), compiled(libc), executed(libc)],
                vec!["openssl-sys"],
            ),
            (vec![compiled(libc), executed(libc), compiled(own)], vec![]),
            (
                vec![compiled("git+https://x/foo?branch=a#1.0.0")],
                vec!["foo"],
            ),
            (vec!["no message".to_owned()], vec![]),
        ] {
            let messages = Messages::read(lines.join("\n").as_bytes()).unwrap();
            let found = messages.failed_build_scripts();
            assert_eq!(found.iter().collect::<Vec<_>>(), failed, "{lines:?}");
        }
    }
}
