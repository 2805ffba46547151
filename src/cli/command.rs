//! What every command has: a name, arguments, and what it does with them.

use std::process::ExitCode;

use clap::{ArgMatches, Args};

use super::error::CommandError;
use crate::options::environment::ProcessEnvironment;

/// A command, as in `muslin build`. Its fields are its arguments, its documentation is the
/// help text.
pub(super) trait Command: Args {
    const NAME: &'static str;

    /// Does what the command is for; gives 0 for yes and 1 where a check said no.
    fn run(self, context: &Context) -> Result<ExitCode, CommandError>;
}

/// What a command is run with.
pub(super) struct Context {
    /// The environment of this process.
    pub(super) environment: ProcessEnvironment,
    /// The whole command line, as clap describes it.
    pub(super) command_line: clap::Command,
}

/// A command in the list of all.
pub(super) struct Verb {
    /// Its arguments and help for clap.
    pub(super) command: fn() -> clap::Command,
    /// Runs it with the arguments that clap has matched.
    pub(super) run: fn(&ArgMatches, &Context) -> Result<ExitCode, CommandError>,
}

impl Verb {
    pub(super) const fn of<C: Command>() -> Self {
        Self {
            command: || C::augment_args(clap::Command::new(C::NAME)),
            run: |matches, context| {
                let command = C::from_arg_matches(matches).unwrap_or_else(|error| error.exit());
                command.run(context)
            },
        }
    }
}
