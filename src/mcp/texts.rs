//! Reports in a few lines, for the people who read what a tool has said.

use crate::operations::index::JoinReport;
use crate::operations::inspect::InspectReport;
use crate::operations::pack::PackReport;
use crate::operations::setup::SetupReport;

/// What `build` and `pack` have made.
pub(super) fn packed(report: &PackReport) -> String {
    let mut text = format!("`{}` is {}\n", report.name, report.digest);
    for platform in &report.platforms {
        text += &size_of(
            platform.platform,
            platform.compressed_size,
            platform.layers.len(),
        );
    }
    for written in &report.written {
        text += &format!("written to {}\n", written.reference);
    }
    text
}

/// What `index` has made.
pub(super) fn joined(report: &JoinReport) -> String {
    let mut text = format!("{} is {}\n", report.reference, report.digest);
    for platform in &report.platforms {
        text += &size_of(
            &platform.platform,
            platform.compressed_size,
            platform.layers,
        );
    }
    text
}

/// What an image is; the report has the rest.
pub(super) fn inspected(report: &InspectReport) -> String {
    let mut text = format!("{} is {}\n", report.reference, report.digest);
    for platform in &report.platforms {
        text += &size_of(
            &platform.platform,
            platform.compressed_size,
            platform.layers.len(),
        );
        for program in &platform.executables {
            let linked = if program.is_static {
                "static"
            } else {
                "dynamic"
            };
            text += &format!("  {}: {linked}\n", program.path);
        }
    }
    text
}

/// What the machine has and lacks.
pub(super) fn checked(report: &SetupReport) -> String {
    let mut text = String::new();
    for item in &report.items {
        let state = match (item.ready, item.optional) {
            (true, _) => "ready",
            (false, true) => "optional",
            (false, false) => "missing",
        };
        text += &format!("{}: {state}: {}\n", item.name, item.detail);
    }
    text
}

fn size_of(platform: impl std::fmt::Display, bytes: u64, layers: usize) -> String {
    #[allow(clippy::cast_precision_loss)] // It is rounded to a tenth of a megabyte.
    let megabytes = bytes as f64 / 1e6;
    format!("{platform}: {megabytes:.1} MB compressed, {layers} layers\n")
}
