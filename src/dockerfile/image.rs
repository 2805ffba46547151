//! The instructions that describe an image.

use std::fmt::Write as _;

use camino::Utf8Path;

use super::quote::{LineBreak, in_dockerfile, json};
use crate::package::description::Description;
use crate::packing::assemble::{environment, executable_path};

pub(super) const VERSION: &str = "org.opencontainers.image.version";
pub(super) const REVISION: &str = "org.opencontainers.image.revision";

/// `OWNER` stands for the publisher; the build argument gives the name.
pub(super) const OWNER: &str = "OWNER";

/// The last instructions of a stage, from its build arguments to `CMD`.
/// `folder` is that of the package in the workspace, which is the build context.
pub(super) fn block(description: &Description, folder: &Utf8Path) -> Result<String, LineBreak> {
    let mut text = String::from("ARG VERSION\nARG COMMIT_SHA\n");
    let mut add = |line: String| text.push_str(&(line + "\n"));
    if description
        .labels
        .values()
        .any(|value| value.contains(OWNER))
    {
        add(format!("ARG {OWNER}={OWNER}"));
    }
    for files in &description.files {
        let from = folder.join(&files.from);
        add(format!("COPY {}", json([from.as_str(), &files.to])));
    }
    let env = environment(description)
        .iter()
        .map(|(name, value)| {
            let what = format!("the variable `{name}`");
            Ok(format!("{name}={}", in_dockerfile(&what, value, &[])?))
        })
        .collect::<Result<Vec<_>, _>>()?;
    add(instruction("ENV", &env));
    if description.labels.keys().any(|key| is_reserved(key)) {
        add("# hadolint ignore=DL3048".to_owned());
    }
    add(instruction("LABEL", &labels(description)?));
    if !description.expose.is_empty() {
        let ports: Vec<&str> = description.expose.iter().map(String::as_str).collect();
        add(format!("EXPOSE {}", ports.join(" ")));
    }
    add(format!("WORKDIR {}", description.workdir));
    if !description.volumes.is_empty() {
        let volumes = description.volumes.iter().map(String::as_str);
        add(format!("VOLUME {}", json(volumes)));
    }
    add(format!("STOPSIGNAL {}", description.stop_signal));
    add(format!("USER {}", description.user));
    let entrypoint = executable_path(&description.entrypoint);
    add(format!("ENTRYPOINT {}", json([entrypoint.as_str()])));
    add(format!(
        "CMD {}",
        json(description.args.iter().map(String::as_str))
    ));
    Ok(text)
}

fn labels(description: &Description) -> Result<Vec<String>, LineBreak> {
    let mut labels = vec![format!("{REVISION}=\"${{COMMIT_SHA}}\"")];
    for (key, value) in &description.labels {
        let value = in_dockerfile(&format!("the label `{key}`"), value, &[OWNER])?;
        match key.as_str() {
            REVISION => {}
            // An argument without a value is no version.
            VERSION => labels.push(format!(
                "{key}=\"${{VERSION:-{}}}\"",
                value.trim_matches('"')
            )),
            _ => labels.push(format!("{}={value}", label_key(key)?)),
        }
    }
    labels.sort();
    Ok(labels)
}

/// Prefixes that Docker keeps for itself, which its own catalogue asks of others.
fn is_reserved(key: &str) -> bool {
    ["com.docker.", "io.docker.", "org.dockerproject."]
        .iter()
        .any(|prefix| key.starts_with(prefix))
}

fn label_key(key: &str) -> Result<String, LineBreak> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    if key.bytes().all(is_plain) {
        return Ok(key.to_owned());
    }
    in_dockerfile("the key of a label", key, &[])
}

/// An instruction with a value on each line.
fn instruction(name: &str, values: &[String]) -> String {
    let mut text = name.to_owned();
    for (index, value) in values.iter().enumerate() {
        let separator = if index == 0 { " " } else { " \\\n    " };
        let _ = write!(text, "{separator}{value}");
    }
    text
}
