//! What was made, for people on stderr and for programs on stdout.

use std::io::Write as _;

use serde::Serialize;

use super::options::OutputOptions;
use super::text::{bytes, table};
use super::world::World;
use super::{Failure, github};
use crate::compile::ToolchainReport;
use crate::compile::toolchain::musl_std::StdOrigin;
use crate::operations::pack::PackReport;
use crate::package::labels::Origin;
use crate::packing::report::PackedPlatform;

/// A report that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{path}`")]
struct Unwritable {
    path: String,
    source: std::io::Error,
}

/// Prints the table on stderr and the reference, or the whole report as JSON, on
/// stdout; writes what files and GitHub want to have of it.
pub(super) fn print(
    image: &PackReport,
    whole: &impl Serialize,
    toolchain: Option<&ToolchainReport>,
    output: &OutputOptions,
    quiet: bool,
    world: &World,
) -> Result<(), Failure> {
    if let Some(path) = &output.metadata_file {
        let mut json = serde_json::to_vec_pretty(whole)?;
        json.push(b'\n');
        std::fs::write(world.cwd.join(path), json).map_err(|source| Unwritable {
            path: path.to_string(),
            source,
        })?;
    }
    github::tell(image, world)?;
    if !quiet {
        anstream::eprint!("{}", for_people(image, toolchain));
    }
    let mut stdout = std::io::stdout().lock();
    if output.json {
        serde_json::to_writer_pretty(&mut stdout, whole)?;
        writeln!(stdout)?;
    } else {
        for written in &image.written {
            writeln!(stdout, "{}", written.reference)?;
        }
    }
    Ok(())
}

/// The table and the lines below it.
fn for_people(image: &PackReport, toolchain: Option<&ToolchainReport>) -> String {
    let rows: Vec<[String; 4]> = image.platforms.iter().map(row).collect();
    let mut text = table(["platform", "executable", "layers", "compressed"], &rows);
    let origin = |what: &str, said: &Option<(String, Origin)>, variable: &str| {
        let (value, origin) = said.as_ref()?;
        let origin = match origin {
            Origin::Flag => "given",
            Origin::Environment => variable,
            Origin::Table => "the table",
            Origin::Package => "Cargo.toml",
        };
        Some(format!("{what} {value} ({origin})"))
    };
    let labels = [
        origin("version", &image.version, "$VERSION"),
        origin("revision", &image.revision, "$COMMIT_SHA"),
    ];
    let labels: Vec<String> = labels.into_iter().flatten().collect();
    if !labels.is_empty() {
        text.push_str(&format!("labels: {}\n", labels.join(", ")));
    }
    if let Some(toolchain) = toolchain {
        let std = match toolchain.std {
            StdOrigin::Toolchain => "its own musl std",
            StdOrigin::Built => "a musl std built from its rust-src",
        };
        text.push_str(&format!(
            "with: {} and {std}, zig {}\n",
            toolchain.rustc, toolchain.zig
        ));
    }
    let steps: Vec<String> = image
        .steps
        .iter()
        .map(|step| format!("{} {:.2} s", step.name, step.seconds))
        .collect();
    text.push_str(&format!("took: {}\n", steps.join(", ")));
    text
}

/// A platform: its programs, its layers and how many of them are new.
pub(super) fn row(platform: &PackedPlatform) -> [String; 4] {
    let executables: Vec<String> = platform
        .executables
        .iter()
        .map(|executable| format!("{} {}", executable.path, bytes(executable.size)))
        .collect();
    let new = platform.layers.iter().filter(|layer| !layer.cached).count();
    let layers = match (platform.layers.len(), new) {
        (all, 0) => format!("{all} (all cached)"),
        (all, new) => format!("{all} ({new} new)"),
    };
    [
        platform.platform.to_string(),
        executables.join(", "),
        layers,
        bytes(platform.compressed_size),
    ]
}
