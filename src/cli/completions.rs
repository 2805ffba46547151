//! `muslin completions`

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Args;
use clap_complete::Shell;

use super::command::{Command, Context};
use super::error::CommandError;

/// Print a script that completes muslin's arguments in a shell.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muslin completions bash > /etc/bash_completion.d/muslin")]
pub(super) struct Completions {
    /// The shell, as in `bash`
    shell: Shell,
}

impl Command for Completions {
    const NAME: &'static str = "completions";

    fn run(self, context: &Context) -> Result<ExitCode, CommandError> {
        let mut command = context.command_line.clone();
        // Into memory first: the generator panics where its output is closed.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "muslin", &mut script);
        io::stdout().write_all(&script)?;
        Ok(ExitCode::SUCCESS)
    }
}
