//! Sizes and tables as text.

use crate::packing::report::PackedPlatform;

/// A size in decimal units, as registries show it: `3.4 MB`.
#[allow(clippy::cast_precision_loss)] // Three digits are shown.
pub(super) fn bytes(size: u64) -> String {
    let mut size = size as f64;
    if size < 1000.0 {
        return format!("{size} B");
    }
    for unit in ["kB", "MB"] {
        size /= 1000.0;
        if size < 999.95 {
            return format!("{size:.1} {unit}");
        }
    }
    format!("{:.1} GB", size / 1000.0)
}

/// Rows in columns that are as wide as their widest cell; the last is not padded.
pub(super) fn table<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = header.map(|cell| cell.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    let header = header.map(str::to_owned);
    for row in std::iter::once(&header).chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&format!("{cell:width$}   "));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The row of a platform in a table: executables, layers and how many of them are new, size.
pub(super) fn platform_row(platform: &PackedPlatform) -> [String; 4] {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_one_digit_behind_the_point() {
        let sizes = [0, 999, 1000, 3_449_999, 999_999, 1_500_000_000].map(bytes);
        assert_eq!(
            sizes,
            ["0 B", "999 B", "1.0 kB", "3.4 MB", "1.0 MB", "1.5 GB"]
        );
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["linux/amd64".to_owned(), "1".to_owned()]];
        assert_eq!(
            table(["platform", "layers"], &rows),
            "platform      layers\nlinux/amd64   1\n"
        );
    }
}
