//! `muslin inspect`

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Args;

use super::command::{Command, Context};
use super::error::CommandError;
use super::format::bytes;
use super::signals::Task;
use crate::elf::ElfFacts;
use crate::operations::inspect::{
    self, Detail, InspectReport, InspectedExecutable, InspectedFile, InspectedLayer,
    InspectedPlatform, InspectedStatement,
};
use crate::options::image::registry_host;
use muslin_oci::transport::reference::PinnedReference;

/// Show what an image holds: platforms, layers, files, labels, programs.
///
/// Every layer is read to its end and every digest is checked. Of an image in a registry, only the
/// index, manifests and configs are read unless `--layers` asks for more.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muslin inspect oci:target/muslin/app
  muslin inspect --json docker-archive:app.tar
  muslin inspect docker://ghcr.io/owner/app:1.0")]
pub(super) struct Inspect {
    /// The image, as in `oci:DIR[:TAG]`, `oci-archive:FILE`, `docker-archive:FILE`,
    /// `docker-daemon:NAME:TAG` or `docker://HOST/NAME[:TAG]`, each with an optional `@DIGEST`
    reference: PinnedReference,

    /// Read the layers of an image in a registry, too: for its files and programs
    #[arg(long)]
    layers: bool,

    /// Reach this registry without TLS, as in `registry.example:5000`
    #[arg(long, value_name = "HOST", value_parser = registry_host)]
    insecure: Vec<String>,

    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// All, as far as it is held in little memory: some 180,000 files.
const LIMIT: usize = 24 << 20;

impl Command for Inspect {
    const NAME: &'static str = "inspect";

    fn run(self, context: &Context) -> Result<ExitCode, CommandError> {
        let task = Task::start()?;
        let host = context.environment.host(&task.processes, &self.insecure);
        let detail = Detail {
            files: true,
            layers: self.layers,
            limit: LIMIT,
        };
        let report = inspect::inspect(&self.reference, detail, &host);
        let report = task.end(report)?;
        match self.print(&report) {
            // Whoever reads it, such as `head`, has read enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
            printed => Ok(printed.map(|()| ExitCode::SUCCESS)?),
        }
    }
}

impl Inspect {
    /// A report may be long, and its text is longer: it is written as it is made.
    fn print(&self, report: &InspectReport) -> io::Result<()> {
        let mut out = BufWriter::new(std::io::stdout().lock());
        if self.json {
            serde_json::to_writer_pretty(&mut out, report)?;
            writeln!(out)?;
        } else {
            write_report(&mut out, report)?;
        }
        out.flush()
    }
}

fn write_report(out: &mut impl Write, report: &InspectReport) -> io::Result<()> {
    writeln!(out, "{}\nindex {}", report.reference, report.digest)?;
    for platform in &report.platforms {
        writeln!(out)?;
        write_platform(out, platform)?;
    }
    if !report.layers_read {
        writeln!(
            out,
            "\nlayers were not read; `--layers` shows files and programs"
        )?;
    }
    for statement in &report.other_attestations {
        write_line(out, &format!("attestation {}", of_statement(statement)))?;
    }
    Ok(())
}

fn write_platform(out: &mut impl Write, platform: &InspectedPlatform) -> io::Result<()> {
    let size = bytes(platform.compressed_size);
    write_line(out, &format!("{}   {size} compressed", platform.platform))?;
    let execution = &platform.execution;
    let list = |words: &Option<Vec<String>>| {
        words
            .as_ref()
            .filter(|words| !words.is_empty())
            .map(|words| words.join(" "))
    };
    let keys = |map: Option<Vec<&String>>| {
        map.map(|keys| keys.into_iter().cloned().collect::<Vec<_>>().join(" "))
    };
    let facts = [
        ("manifest", Some(platform.manifest.to_string())),
        ("config", Some(platform.config.to_string())),
        ("created", platform.created.clone()),
        ("user", execution.user.clone()),
        ("entrypoint", list(&execution.entrypoint)),
        ("args", list(&execution.cmd)),
        ("workdir", execution.working_dir.clone()),
        ("env", list(&execution.env)),
        (
            "ports",
            keys(
                execution
                    .exposed_ports
                    .as_ref()
                    .map(|map| map.keys().collect()),
            ),
        ),
        (
            "volumes",
            keys(execution.volumes.as_ref().map(|map| map.keys().collect())),
        ),
        ("stop signal", execution.stop_signal.clone()),
    ];
    for (name, fact) in facts {
        if let Some(fact) = fact.filter(|fact| !fact.is_empty()) {
            write_line(out, &format!("  {name:<12} {fact}"))?;
        }
    }
    for (name, value) in execution.labels.iter().flatten() {
        write_line(out, &format!("  label        {name}={value}"))?;
    }
    for executable in &platform.executables {
        write_line(
            out,
            &format!("  program      {}", of_executable(executable)),
        )?;
        for one in executable.elf.crates.iter().flatten() {
            write_line(out, &format!("    crate      {} {}", one.name, one.version))?;
        }
    }
    for statement in &platform.attestations {
        write_line(out, &format!("  attestation  {}", of_statement(statement)))?;
    }
    for (number, layer) in platform.layers.iter().enumerate() {
        write_line(out, &of_layer(number + 1, layer))?;
        for file in layer.files.iter() {
            write_line(out, &of_file(file))?;
        }
    }
    Ok(())
}

/// Writes a line without control characters: a terminal would obey those of a hostile image.
fn write_line(out: &mut impl Write, line: &str) -> io::Result<()> {
    let harmless = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let line: String = line.chars().map(harmless).collect();
    writeln!(out, "{line}")
}

fn of_statement(statement: &InspectedStatement) -> String {
    let kind = statement.predicate_type.as_ref();
    format!(
        "{}  {}  {}",
        statement.digest,
        bytes(statement.size),
        kind.unwrap_or(&statement.media_type)
    )
}

fn of_layer(number: usize, layer: &InspectedLayer) -> String {
    let mut text = format!(
        "  layer {number}      {}  {}",
        layer.digest,
        bytes(layer.size),
    );
    if let Some(uncompressed) = layer.uncompressed_size {
        let _ = write!(text, " of {}", bytes(uncompressed));
    }
    if let Some(created_by) = &layer.created_by {
        let _ = write!(text, "  {created_by}");
    }
    text
}

fn of_file(file: &InspectedFile) -> String {
    let kind = match file.kind {
        "directory" => 'd',
        "symlink" => 'l',
        "hard-link" => 'h',
        "special" => 's',
        _ => '-',
    };
    let target = file
        .target
        .as_ref()
        .map(|target| format!(" -> {target}"))
        .unwrap_or_default();
    format!(
        "    {kind}{:04o} {}:{} {:>9} {}{target}",
        file.mode & 0o7777,
        file.uid,
        file.gid,
        bytes(file.size),
        file.path,
    )
}

fn of_executable(executable: &InspectedExecutable) -> String {
    let elf = &executable.elf;
    let mut words = vec![elf.machine.to_string(), linking(elf)];
    let said = [
        (elf.relro, "RELRO"),
        (elf.bind_now, "BIND_NOW"),
        (!elf.executable_stack, "no executable stack"),
        (elf.executable_stack, "EXECUTABLE STACK"),
        (elf.debug_info, "debug info"),
    ];
    words.extend(
        said.into_iter()
            .filter(|(is, _)| *is)
            .map(|(_, word)| word.to_owned()),
    );
    if let Some(crates) = &elf.crates {
        words.push(format!("{} crates", crates.len()));
    }
    format!(
        "{}  {}  {}",
        executable.path,
        bytes(executable.size),
        words.join(", ")
    )
}

fn linking(elf: &ElfFacts) -> String {
    match (elf.is_static(), elf.position_independent) {
        (true, true) => "static-pie".to_owned(),
        (true, false) => "static".to_owned(),
        (false, _) => {
            let interpreter = elf.interpreter.as_deref().unwrap_or("none");
            format!(
                "DYNAMIC (loader {interpreter}, needs {})",
                elf.needed.join(" ")
            )
        }
    }
}
