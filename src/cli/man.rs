//! `muslin man`

use std::io;
use std::process::ExitCode;

use clap::Args;

use super::command::{Command, Context};
use super::error::CommandError;

/// Print the man page.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muslin man > /usr/local/share/man/man1/muslin.1")]
pub(super) struct Man {
    /// Print the page of this command instead, as in `build`
    command: Option<String>,
}

#[derive(Debug, thiserror::Error)]
#[error("there is no command `{0}`; `muslin help` lists them")]
struct NoCommand(String);

impl Command for Man {
    const NAME: &'static str = "man";

    fn run(self, context: &Context) -> Result<ExitCode, CommandError> {
        let mut command = context.command_line.clone();
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
