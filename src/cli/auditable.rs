//! `muslin auditable`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use muslin_auditable::files;

use super::command::{Command, Context};
use super::error::CommandError;

/// Add the list of crates to executables that cargo built, as cargo-auditable writes it.
///
/// `muslin build` does it by itself; this is for executables that are built otherwise, as in a
/// Dockerfile. cargo audit, syft, trivy and grype read the list. One that is there stays.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  cargo build --release --target x86_64-unknown-linux-musl --message-format json > messages.json
  muslin auditable --messages messages.json --target x86_64-unknown-linux-musl \\
      target/x86_64-unknown-linux-musl/release/app")]
pub(super) struct Auditable {
    /// What `cargo build --message-format json` printed
    #[arg(long, value_name = "FILE")]
    messages: PathBuf,

    /// The lock file of the workspace
    #[arg(long, value_name = "FILE", default_value = "Cargo.lock")]
    lock: PathBuf,

    /// The target that they are built for, as in `aarch64-unknown-linux-musl`
    #[arg(long, value_name = "TRIPLE")]
    target: String,

    /// The executables; each has the name of its binary
    #[arg(required = true, value_name = "EXECUTABLE")]
    executables: Vec<PathBuf>,
}

impl Command for Auditable {
    const NAME: &'static str = "auditable";

    fn run(self, context: &Context) -> Result<ExitCode, CommandError> {
        let cwd = context.environment.cwd.as_std_path();
        let executables: Vec<PathBuf> =
            self.executables.iter().map(|path| cwd.join(path)).collect();
        let (messages, lock) = (cwd.join(&self.messages), cwd.join(&self.lock));
        files::add_to_files(&messages, &lock, &self.target, &executables)?;
        Ok(ExitCode::SUCCESS)
    }
}
