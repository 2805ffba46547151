//! What could not be done, told on stderr.

use std::error::Error;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};

use crate::error_chain::error_chain;

/// An error on its way to the user. All of them end the program with status 2.
#[derive(Debug)]
pub(super) struct Failure(Box<dyn Error>);

impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl Failure {
    /// The error and what it comes from, in one line.
    #[cfg(feature = "mcp")]
    pub(super) fn message(&self) -> String {
        error_chain(self.0.as_ref())
    }

    /// Prints the error and what it comes from, in one line.
    pub(super) fn report(&self) -> ExitCode {
        let red = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
        anstream::eprintln!("{red}error{red:#}: {}", error_chain(self.0.as_ref()));
        ExitCode::from(2)
    }
}
