//! Asking rustc for its version and sysroot. Answers are cached, because through rustup's
//! proxies the two questions cost 80 ms.

use std::io;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use muslin_oci::digest::Digest;
use serde::{Deserialize, Serialize};

use super::error::ToolchainError;
use super::installed::Toolchain;
use crate::cache::expiry;
use crate::compile::context::BuildContext;
use crate::compile::env::{rustup_home, var};

/// A cached answer.
#[derive(Serialize, Deserialize)]
struct Probe {
    /// [`file_version`] of the rustc in the sysroot, which a rustup proxy runs.
    compiler: String,
    toolchain: Toolchain,
}

/// The toolchain of this cargo and rustc, from the cache unless something changed.
pub(super) fn probe(
    context: &BuildContext<'_>,
    cargo: Utf8PathBuf,
    rustc: &Utf8Path,
    toolchain_file: Option<&Utf8Path>,
) -> Result<Toolchain, ToolchainError> {
    let folder = context.cache_dir.join("toolchains");
    let key = cache_key(context, &cargo, rustc, toolchain_file);
    let file = folder.join(format!("{key}.json"));
    let cached = std::fs::read(&file).ok();
    let cached = cached.and_then(|bytes| serde_json::from_slice::<Probe>(&bytes).ok());
    if let Some(cached) = cached
        && cached.compiler == file_version(&cached.toolchain.sysroot.join("bin/rustc"))
    {
        expiry::touch(&file);
        return Ok(cached.toolchain);
    }

    let toolchain = Toolchain {
        verbose_version: run_rustc(context, rustc, toolchain_file, &["-vV"])?,
        sysroot: run_rustc(context, rustc, toolchain_file, &["--print", "sysroot"])?.into(),
        cargo,
        rustc: rustc.to_owned(),
    };
    let probe = Probe {
        compiler: file_version(&toolchain.sysroot.join("bin/rustc")),
        toolchain: toolchain.clone(),
    };
    // If it cannot be cached, rustc is asked again the next time.
    let _ = store(&folder, &file, &probe);
    Ok(toolchain)
}

/// The cache key: SHA-256 of all that decides which compiler a rustup proxy runs.
fn cache_key(
    context: &BuildContext<'_>,
    cargo: &Utf8Path,
    rustc: &Utf8Path,
    toolchain_file: Option<&Utf8Path>,
) -> String {
    let settings = rustup_home(context.environment).map(|home| home.join("settings.toml"));
    let content = |path: Option<&Utf8Path>| path.and_then(|path| std::fs::read(path).ok());
    let inputs = serde_json::json!({
        "cargo": cargo,
        "rustc": rustc,
        "stat": file_version(rustc),
        "toolchain": var(context.environment, "RUSTUP_TOOLCHAIN"),
        "rustup-home": var(context.environment, "RUSTUP_HOME"),
        // Where a proxy of another kind finds the compiler.
        "path": var(context.environment, "PATH"),
        "toolchain-file": content(toolchain_file),
        // The default toolchain, and overrides for directories.
        "settings": content(settings.as_deref()),
        "cwd": settings.is_some().then_some(context.cwd),
    });
    Digest::of(inputs.to_string().as_bytes()).hex()
}

fn run_rustc(
    context: &BuildContext<'_>,
    rustc: &Utf8Path,
    toolchain_file: Option<&Utf8Path>,
    arguments: &[&str],
) -> Result<String, ToolchainError> {
    let failed = |message: String| ToolchainError::Rustc {
        rustc: rustc.to_owned(),
        message,
    };
    let mut command = Command::new(rustc);
    command
        .args(arguments)
        .current_dir(context.cwd)
        .env_clear()
        .envs(context.environment)
        // A rustup proxy that fails would print a backtrace behind its message.
        .env("RUST_BACKTRACE", "0")
        .env("RUST_LIB_BACKTRACE", "0");
    let output = context
        .processes
        .output(&mut command)
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        return Err(match not_installed(&stderr) {
            Some(toolchain) => ToolchainError::NotInstalled {
                remedy: remedy(toolchain),
                toolchain: toolchain.to_owned(),
                choice: chosen_by(context, toolchain_file),
            },
            None => failed(stderr.trim().trim_start_matches("error: ").to_owned()),
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The toolchain that rustup says is not installed: `error: toolchain 'NAME' is not installed`.
fn not_installed(stderr: &str) -> Option<&str> {
    let says_so = |line: &&str| line.starts_with("error:") && line.ends_with("is not installed");
    let line = stderr.lines().find(says_so)?;
    let (name, _) = line.split_once("toolchain '")?.1.split_once('\'')?;
    Some(name)
}

/// How rustup gets a toolchain: it downloads those of Rust's release channels.
fn remedy(toolchain: &str) -> String {
    let is_released = ["stable", "beta", "nightly"]
        .iter()
        .any(|channel| toolchain.starts_with(channel))
        || toolchain.starts_with(|first: char| first.is_ascii_digit());
    if is_released {
        format!("rustup toolchain install {toolchain}")
    } else {
        format!("rustup toolchain link {toolchain} PATH")
    }
}

/// What chooses the toolchain.
fn chosen_by(context: &BuildContext<'_>, toolchain_file: Option<&Utf8Path>) -> String {
    match (var(context.environment, "RUSTUP_TOOLCHAIN"), toolchain_file) {
        (Some(_), _) => "`RUSTUP_TOOLCHAIN`".to_owned(),
        (None, Some(file)) => format!("`{file}`"),
        (None, None) => "rustup".to_owned(),
    }
}

fn store(folder: &Utf8Path, path: &Utf8Path, probe: &Probe) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let file = crate::temporary::file_in(folder, ".new-")?;
    serde_json::to_writer(&file, probe)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Length and modification time of a file.
fn file_version(path: &Utf8Path) -> String {
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
