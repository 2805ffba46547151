//! What cargo says of a build on stdout: JSON messages, one a line.
//!
//! <https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages>

use std::collections::BTreeSet;
use std::io::{self, BufRead};

use cargo_metadata::{Artifact, Message, PackageId, TargetKind};

/// The messages of a build.
#[derive(Debug, Default)]
pub(super) struct Messages {
    /// What was built.
    pub(super) artifacts: Vec<Artifact>,
    /// The packages whose build scripts ran to their end, for one target at least.
    executed: BTreeSet<PackageId>,
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
                }
                _ => {}
            }
        }
        Ok(messages)
    }

    /// Whether the build script of a dependency was compiled and ran for no target. Those of
    /// packages that are not downloaded are left out: what fails there is the user's own code.
    pub(super) fn has_failed_build_script(&self) -> bool {
        let is_build_script = |artifact: &Artifact| {
            artifact.target.kind.contains(&TargetKind::CustomBuild)
                && !artifact.package_id.repr.starts_with("path+")
        };
        let mut compiled = self.artifacts.iter().filter(|found| is_build_script(found));
        compiled.any(|script| !self.executed.contains(&script.package_id))
    }
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
        for (lines, has_failed) in [
            (
                vec![compiled(openssl), compiled(libc), executed(libc)],
                true,
            ),
            (vec![compiled(libc), executed(libc), compiled(own)], false),
            (vec!["no message".to_owned()], false),
        ] {
            let messages = Messages::read(lines.join("\n").as_bytes()).unwrap();
            assert_eq!(messages.has_failed_build_script(), has_failed, "{lines:?}");
        }
    }
}
