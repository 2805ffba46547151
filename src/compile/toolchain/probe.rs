//! What a compiler says of itself, asked once.

use std::io;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::compile::context::Surroundings;
use crate::compile::env::{rustup_home, text};
use crate::compile::toolchain::installed::{Toolchain, ToolchainError};
use muslin_oci::digest::Digest;

/// An answer of a compiler, and what it depends on.
#[derive(Serialize, Deserialize)]
struct Probe {
    /// Length and modification time of the real compiler, in the sysroot.
    compiler: String,
    toolchain: Toolchain,
}

/// Asks a compiler for its version and sysroot, or the cache if it was asked
/// before: through rustup's proxies the two questions cost 80 ms.
pub(super) fn probe(
    surroundings: &Surroundings<'_>,
    cargo: Utf8PathBuf,
    rustc: &Utf8Path,
    toolchain_file: Option<&Utf8Path>,
) -> Result<Toolchain, ToolchainError> {
    let environment = surroundings.environment;
    let settings = rustup_home(environment).map(|home| home.join("settings.toml"));
    let file = |path: Option<&Utf8Path>| path.and_then(|path| std::fs::read(path).ok());
    let inputs = serde_json::json!({
        "cargo": cargo,
        "rustc": rustc,
        "stat": stat(rustc),
        "toolchain": text(environment, "RUSTUP_TOOLCHAIN"),
        "toolchain-file": file(toolchain_file),
        // Names folders with a toolchain of their own.
        "settings": file(settings.as_deref()),
        "cwd": settings.is_some().then_some(surroundings.cwd),
    });
    let key = Digest::of(inputs.to_string().as_bytes()).hex();
    let folder = surroundings.cache_dir.join("toolchains");
    let record = folder.join(format!("{key}.json"));
    let known = std::fs::read(&record).ok();
    let known = known.and_then(|bytes| serde_json::from_slice::<Probe>(&bytes).ok());
    if let Some(known) = known
        && known.compiler == stat(&known.toolchain.sysroot.join("bin/rustc"))
    {
        return Ok(known.toolchain);
    }

    let ask = |arguments: &[&str]| {
        let broken = |message: String| ToolchainError::Broken {
            rustc: rustc.to_owned(),
            message,
        };
        let mut command = Command::new(rustc);
        command
            .args(arguments)
            .current_dir(surroundings.cwd)
            .env_clear()
            .envs(environment);
        let output = surroundings
            .processes
            .output(&mut command)
            .map_err(|error| broken(error.to_string()))?;
        if !output.status.success() {
            return Err(broken(
                String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            ));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let toolchain = Toolchain {
        verbose_version: ask(&["-vV"])?,
        sysroot: ask(&["--print", "sysroot"])?.into(),
        cargo,
        rustc: rustc.to_owned(),
    };
    let probe = Probe {
        compiler: stat(&toolchain.sysroot.join("bin/rustc")),
        toolchain: toolchain.clone(),
    };
    // Without the record the compiler is asked again.
    let _ = write_record(&folder, &record, &probe);
    Ok(toolchain)
}

fn write_record(folder: &Utf8Path, record: &Utf8Path, probe: &Probe) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&file, probe)?;
    file.persist(record).map_err(|error| error.error)?;
    Ok(())
}

/// What changes when a file is replaced.
fn stat(path: &Utf8Path) -> String {
    let Ok(metadata) = path.metadata() else {
        return "missing".to_owned();
    };
    let modified = metadata.modified().ok();
    let modified = modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    format!(
        "{} {:?}",
        metadata.len(),
        modified.map(|since| since.as_nanos())
    )
}
