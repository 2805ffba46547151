//! `muslin completions` and `muslin man`: what clap makes of the arguments.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{Arguments, Failure};

/// Print a script that completes muslin's arguments in a shell.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muslin completions bash > /etc/bash_completion.d/muslin")]
pub(super) struct Completions {
    /// The shell, as in `bash`
    shell: Shell,
}

/// Print the man page.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muslin man > /usr/local/share/man/man1/muslin.1")]
pub(super) struct Man {
    /// Print the page of this command instead, as in `build`
    command: Option<String>,
}

/// There is no page of a command that there is not.
#[derive(Debug, thiserror::Error)]
#[error("there is no command `{0}`; `muslin help` lists them")]
struct NoCommand(String);

impl Completions {
    pub(super) fn run(&self) -> Result<ExitCode, Failure> {
        // Into memory first: the generator panics where its output is closed.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "muslin", &mut script);
        io::stdout().write_all(&script)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Man {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let mut command = Arguments::command();
        command.build();
        let page = match self.command {
            None => clap_mangen::Man::new(command),
            Some(name) => {
                let found = command.find_subcommand(&name).cloned();
                clap_mangen::Man::new(found.ok_or(NoCommand(name))?)
            }
        };
        page.render(&mut io::stdout())?;
        Ok(ExitCode::SUCCESS)
    }
}
