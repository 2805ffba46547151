//! The error of a command, on stderr.

use std::error::Error;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};

use crate::error_chain::error_chain;

/// Why a command could not do what it is for. Ends the program with status 2.
#[derive(Debug)]
pub(super) struct CommandError(Box<dyn Error>);

impl<E: Error + 'static> From<E> for CommandError {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl CommandError {
    /// Prints the error and its sources in one line.
    pub(super) fn report(&self) -> ExitCode {
        let red = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
        anstream::eprintln!("{red}error{red:#}: {}", error_chain(self.0.as_ref()));
        ExitCode::from(2)
    }
}
