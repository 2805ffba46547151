//! What could not be done, told on stderr.

use std::error::Error;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};

/// An error on its way to the user. All of them end the program with status 2.
#[derive(Debug)]
pub(super) struct Failure(Box<dyn Error>);

impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl Failure {
    /// Prints the error and what it comes from, in one line.
    pub(super) fn report(&self) -> ExitCode {
        let red = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
        anstream::eprintln!("{red}error{red:#}: {}", chain(self.0.as_ref()));
        ExitCode::from(2)
    }
}

/// The messages of an error and its sources. A source that its parent repeats is
/// left out.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let message = error.to_string();
        if !text.contains(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        source = error.source();
    }
    text
}
