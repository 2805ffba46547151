//! The report of `build` and `pack`: a table on stderr, references or JSON on stdout.

use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::error::CommandError;
use super::format::table;
use super::output::OutputOptions;
use super::{format, github_actions};
use crate::compile::ToolchainReport;
use crate::compile::sccache::SccacheReport;
use crate::compile::toolchain::musl_std::StdOrigin;
use crate::operations::pack::PackReport;
use crate::options::environment::ProcessEnvironment;
use crate::package::labels::Origin;

#[derive(Debug, thiserror::Error)]
#[error("cannot write `{path}`")]
struct ReportFileError {
    path: String,
    source: std::io::Error,
}

/// Prints the table on stderr and the references, or the whole report as JSON, on stdout.
/// Writes the report of `--metadata-file` and that of GitHub Actions, too.
pub(super) fn print(
    image: &PackReport,
    whole: &impl Serialize,
    toolchain: Option<&ToolchainReport>,
    output: &OutputOptions,
    quiet: bool,
    environment: &ProcessEnvironment,
) -> Result<(), CommandError> {
    if let Some(path) = &output.metadata_file {
        let mut json = serde_json::to_vec_pretty(whole)?;
        json.push(b'\n');
        std::fs::write(environment.cwd.join(path), json).map_err(|source| ReportFileError {
            path: path.to_string(),
            source,
        })?;
    }
    github_actions::report(image, environment)?;
    if !quiet {
        anstream::eprint!("{}", summary(image, toolchain));
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

/// The table of platforms; below it the labels, the toolchain and the time of each step.
fn summary(image: &PackReport, toolchain: Option<&ToolchainReport>) -> String {
    let rows: Vec<[String; 4]> = image.platforms.iter().map(format::platform_row).collect();
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
        if let Some(openssl) = &toolchain.openssl {
            let (version, source) = (&openssl.version, &openssl.source);
            text.push_str(&format!(
                "openssl: {version}, built by muslin from {source}\n"
            ));
        }
        if let Some(sccache) = &toolchain.sccache {
            text.push_str(&format!("sccache: {}\n", sccache_line(sccache)));
        }
    }
    let steps: Vec<String> = image
        .steps
        .iter()
        .map(|step| format!("{} {:.2} s", step.name, step.seconds))
        .collect();
    text.push_str(&format!("took: {}\n", steps.join(", ")));
    text
}

/// What sccache did: `20 hits, 3 misses, 4 not cached (crate-type 4)`.
fn sccache_line(report: &SccacheReport) -> String {
    let mut line = format!("{} hits, {} misses", report.hits, report.misses);
    let not_cached: u64 = report.not_cached.values().sum();
    if not_cached > 0 {
        let reasons = report.not_cached.iter();
        let reasons: Vec<String> = reasons
            .map(|(why, count)| format!("{why} {count}"))
            .collect();
        line += &format!(", {not_cached} not cached ({})", reasons.join(", "));
    }
    if report.errors > 0 {
        line += &format!(", {} errors of its storage", report.errors);
    }
    line
}

/// Prints a line about something that is set up before the build.
pub(super) fn setup_notice(text: &str) {
    let green = Style::new().fg_color(Some(AnsiColor::Green.into())).bold();
    anstream::eprintln!("{green}{:>12}{green:#} {text}", "Setup");
}
