//! What a job of GitHub Actions is told: a summary and outputs.

use std::fs::File;
use std::io::Write as _;

use super::text::bytes;
use super::world::World;
use super::{Failure, report};
use crate::operations::pack::PackReport;

/// Appends a table to the job's summary and the digest to the step's outputs, if
/// the variables name files for them.
pub(super) fn tell(image: &PackReport, world: &World) -> Result<(), Failure> {
    if let Some(path) = world.variable("GITHUB_STEP_SUMMARY") {
        append(path, &summary(image))?;
    }
    if let Some(path) = world.variable("GITHUB_OUTPUT") {
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

fn append(path: &str, text: &str) -> Result<(), Failure> {
    let mut file = File::options().append(true).create(true).open(path)?;
    Ok(file.write_all(text.as_bytes())?)
}

fn summary(image: &PackReport) -> String {
    let mut text = format!(
        "### Image `{}`\n\n`{}`\n\n| platform | executable | layers | compressed |\n|---|---|---|---|\n",
        image.name, image.digest
    );
    for platform in &image.platforms {
        text.push_str(&format!("| {} |\n", report::row(platform).join(" | ")));
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
