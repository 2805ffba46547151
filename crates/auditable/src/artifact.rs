//! What cargo says that it built: the `compiler-artifact` messages of
//! `cargo build --message-format json`.
//!
//! <https://doc.rust-lang.org/cargo/reference/external-tools.html#artifact-messages>

use std::io::{self, BufRead};

pub use cargo_metadata::Artifact;
use cargo_metadata::Message;
use cargo_metadata::camino::{Utf8Path, Utf8PathBuf};

/// Reads the artifacts among cargo's messages, one message a line. Lines that are no messages are
/// skipped.
///
/// # Errors
/// The messages cannot be read.
pub fn read(messages: impl BufRead) -> io::Result<Vec<Artifact>> {
    let artifact = |message| match message {
        Ok(Message::CompilerArtifact(artifact)) => Some(Ok(artifact)),
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    };
    Message::parse_stream(messages)
        .filter_map(artifact)
        .collect()
}

/// The path of the executable `bin`, if it was built for a target triple:
/// `<target directory>/<triple>/<profile>/<file>`.
pub fn executable_for<'a>(artifact: &'a Artifact, bin: &str, triple: &str) -> Option<&'a Utf8Path> {
    if !artifact.target.is_bin() || artifact.target.name != bin {
        return None;
    }
    let path = artifact.executable.as_deref()?;
    (path.parent()?.parent()?.file_name() == Some(triple)).then_some(path)
}

/// The artifacts without those that were built for other targets in the same build.
pub fn for_one_target(artifacts: &[Artifact], bin: &str, triple: &str) -> Vec<Artifact> {
    let directories = |artifact: &Artifact| {
        let is_bin = artifact.target.is_bin() && artifact.target.name == bin;
        let profile = artifact
            .executable
            .as_deref()
            .filter(|_| is_bin)?
            .parent()?;
        let other = profile.parent()?.file_name()?.to_owned();
        Some((other, profile.file_name()?.to_owned()))
    };
    let others: Vec<(String, String)> = artifacts
        .iter()
        .filter_map(directories)
        .filter(|(other, _)| other != triple)
        .collect();
    let is_for_another = |artifact: &Artifact| {
        let mut others = others.iter();
        others.any(|(other, profile)| is_for(artifact, other, profile))
    };
    let mut artifacts = artifacts.to_vec();
    artifacts.retain(|artifact| !is_for_another(artifact));
    artifacts
}

/// Whether it was built for a target triple, and not for the machine that builds: its files are
/// below `<triple>/<profile>`. `profile` is the name of the directory, such as `debug`.
pub(crate) fn is_for(artifact: &Artifact, triple: &str, profile: &str) -> bool {
    // The last one: the target directory may lie in a directory of such a name.
    let directory_of_profile = |file: &'_ Utf8PathBuf| {
        let mut directories = file.ancestors().skip(1);
        let profile = directories.find(|path| path.file_name() == Some(profile))?;
        Some(profile.parent()?.file_name()? == triple)
    };
    let mut files = artifact.filenames.iter();
    files.any(|file| directory_of_profile(file).unwrap_or(false))
}

/// Name and version of a package, from its ID: `…#NAME@VERSION`, or `…/NAME#VERSION`.
pub(crate) fn name_and_version(package_id: &str) -> Option<(&str, &str)> {
    let (url, fragment) = package_id.rsplit_once('#')?;
    if let Some(found) = fragment.split_once('@') {
        return Some(found);
    }
    let path = url.split_once('?').map_or(url, |(path, _)| path);
    Some((path.trim_end_matches('/').rsplit('/').next()?, fragment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_version_are_read_from_each_form_of_an_id() {
        for (id, wanted) in [
            (
                "registry+https://github.com/rust-lang/crates.io-index#serde@1.0.1",
                Some(("serde", "1.0.1")),
            ),
            ("path+file:///home/me/app#1.2.3", Some(("app", "1.2.3"))),
            (
                "path+file:///home/me/app#other@1.2.3",
                Some(("other", "1.2.3")),
            ),
            (
                "git+https://example.org/team/greeting?branch=main#0.4.0",
                Some(("greeting", "0.4.0")),
            ),
            ("serde 1.0.1", None),
        ] {
            assert_eq!(name_and_version(id), wanted, "{id}");
        }
    }
}
