//! Text that the results of several tools have.

use std::fmt::Display;

use crate::operations::pack::PackReport;

/// The image that `build` and `pack` have made.
pub(super) fn packed(report: &PackReport) -> String {
    let mut text = format!("`{}` is {}\n", report.name, report.digest);
    for platform in &report.platforms {
        let layers = platform.layers.len();
        text += &platform_line(platform.platform, platform.compressed_size, layers);
    }
    for written in &report.written {
        text += &format!("written to {}\n", written.reference);
    }
    text
}

/// The line of a platform: its size in megabytes and the number of its layers.
pub(super) fn platform_line(platform: impl Display, bytes: u64, layers: usize) -> String {
    #[allow(clippy::cast_precision_loss)] // It is rounded to a tenth of a megabyte.
    let megabytes = bytes as f64 / 1e6;
    format!("{platform}: {megabytes:.1} MB compressed, {layers} layers\n")
}
