//! GitHub Actions: the summary of a job and the outputs of a step.

use std::fs::File;
use std::io::Write as _;

use super::error::CommandError;
use super::format::{bytes, platform_row};
use crate::operations::pack::PackReport;
use crate::options::environment::ProcessEnvironment;

/// Appends a table to `GITHUB_STEP_SUMMARY`, and `digest` and `reference` to
/// `GITHUB_OUTPUT`, where these variables are set.
pub(super) fn report(
    image: &PackReport,
    environment: &ProcessEnvironment,
) -> Result<(), CommandError> {
    if let Some(path) = environment.variable("GITHUB_STEP_SUMMARY") {
        append(path, &summary(image))?;
    }
    if let Some(path) = environment.variable("GITHUB_OUTPUT") {
        let references: Vec<&str> = image
            .written
            .iter()
            .map(|written| written.reference.as_str())
            .collect();
        let outputs = format!(
            "digest={}\nreference={}\n",
            image.digest,
            references.join(" ")
        );
        append(path, &outputs)?;
    }
    Ok(())
}

fn append(path: &str, text: &str) -> Result<(), CommandError> {
    let mut file = File::options().append(true).create(true).open(path)?;
    Ok(file.write_all(text.as_bytes())?)
}

fn summary(image: &PackReport) -> String {
    let mut text = format!(
        "### Image `{}`\n\n`{}`\n\n| platform | executable | layers | compressed |\n|---|---|---|---|\n",
        image.name, image.digest
    );
    for platform in &image.platforms {
        text.push_str(&format!("| {} |\n", platform_row(platform).join(" | ")));
    }
    text.push_str("\n| step | seconds |\n|---|---|\n");
    for step in &image.steps {
        text.push_str(&format!("| {} | {:.2} |\n", step.name, step.seconds));
    }
    let total: u64 = image
        .platforms
        .iter()
        .map(|platform| platform.compressed_size)
        .sum();
    text.push_str(&format!("\nAll platforms: {}\n\n", bytes(total)));
    text
}
