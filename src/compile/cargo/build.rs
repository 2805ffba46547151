//! Running cargo and collecting what it made.

use std::io::{self, BufRead as _, BufReader};
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

use super::invocation::Plan;
use crate::compile::request::CompileRequest;
use crate::platform::TargetPlatform;

/// A binary that cargo made for a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltExecutable {
    /// What it runs on.
    pub platform: TargetPlatform,
    /// The name of the binary.
    pub bin: String,
    /// The file.
    pub path: Utf8PathBuf,
}

/// Why cargo gave no executables.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It could not be started.
    #[error("cannot run `{cargo}`")]
    Start {
        /// The program.
        cargo: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It failed, and has said why.
    #[error(
        "cargo could not build `{package}` for {targets}; it says why above. If it builds without `--target`, \
         something in it does not support musl"
    )]
    Failed {
        /// The package.
        package: String,
        /// The Rust targets.
        targets: String,
    },
    /// What it printed could not be read.
    #[error("cannot read what `cargo build` prints")]
    Messages(#[source] io::Error),
    /// It succeeded but made no such binary.
    #[error(
        "`cargo build` made no `{bin}` for `{platform}`; a binary may lack one of its `required-features`"
    )]
    Missing {
        /// The binary.
        bin: String,
        /// The platform.
        platform: TargetPlatform,
    },
}

impl RunError {
    /// cargo has failed and said why.
    pub(super) fn failed(request: &CompileRequest) -> Self {
        let targets = request
            .platforms
            .iter()
            .map(|platform| format!("`{}`", platform.rust_target()));
        Self::Failed {
            package: request.package.clone(),
            targets: targets.collect::<Vec<_>>().join(" and "),
        }
    }
}

/// The part of cargo's messages that is needed (the cargo book, "External tools").
#[derive(Deserialize)]
struct Message {
    reason: String,
    executable: Option<Utf8PathBuf>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Runs cargo; its progress and diagnostics go to stderr.
///
/// # Errors
/// What [`RunError`] says.
pub fn run(plan: &Plan, request: &CompileRequest) -> Result<Vec<BuiltExecutable>, RunError> {
    let mut command = Command::new(&plan.cargo);
    command
        .args(&plan.arguments)
        .current_dir(&plan.cwd)
        .env_clear()
        .envs(&plan.environment)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let running = request.processes.spawn(&mut command);
    let mut running = running.map_err(|source| RunError::Start {
        cargo: plan.cargo.clone(),
        source,
    })?;
    let output = running.stdout();
    let mut made: Vec<(String, Utf8PathBuf)> = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line.map_err(RunError::Messages)?;
        // Other lines are what build scripts of old print: they are not ours.
        let Ok(message) = serde_json::from_str::<Message>(&line) else {
            continue;
        };
        if message.reason == "compiler-artifact"
            && let (Some(executable), Some(target)) = (message.executable, message.target)
        {
            made.push((target.name, executable));
        }
    }
    let status = running.wait().map_err(RunError::Messages)?;
    if !status.success() {
        return Err(RunError::failed(request));
    }
    let mut executables = Vec::new();
    for &platform in &request.platforms {
        for bin in &request.bins {
            let of_platform = |path: &Utf8PathBuf| {
                path.components()
                    .any(|part| part.as_str() == platform.rust_target())
            };
            let path = made
                .iter()
                .find(|(name, path)| name == bin && of_platform(path));
            let (_, path) = path.ok_or_else(|| RunError::Missing {
                bin: bin.clone(),
                platform,
            })?;
            executables.push(BuiltExecutable {
                platform,
                bin: bin.clone(),
                path: path.clone(),
            });
        }
    }
    Ok(executables)
}

/// The folder that holds cargo's folders of targets, as its output shows.
#[must_use]
pub fn target_directory(executables: &[BuiltExecutable], workspace_root: &Utf8Path) -> Utf8PathBuf {
    let of_target = |built: &BuiltExecutable| {
        let target = built.platform.rust_target();
        let folder = built
            .path
            .ancestors()
            .find(|folder| folder.file_name() == Some(target))?;
        folder.parent().map(Utf8Path::to_owned)
    };
    let usual = || workspace_root.join("target");
    executables
        .first()
        .and_then(of_target)
        .unwrap_or_else(usual)
}
