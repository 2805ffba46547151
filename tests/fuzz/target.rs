//! What is fuzzed.

use super::random::Random;

/// A reader, and the inputs that its mutants are made of.
pub struct Target {
    /// The name of its folder in `tests/fuzz/cases`.
    pub name: &'static str,
    /// Inputs that are read without an error.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// A mutant of an input, with parts of another.
    pub mutant: fn(&[u8], &[u8], &mut Random) -> Vec<u8>,
    /// Reads an input, and panics if what it reads cannot be true. Gives what came of it:
    /// [`READ`] and perhaps what it has, or why it was refused.
    pub read: fn(&[u8]) -> String,
}

/// What begins the outcome of an input that was read to its end.
pub const READ: &str = "read";

/// [`READ`], or an error with its causes.
pub fn outcome<T>(result: Result<T, impl std::error::Error>) -> String {
    let Err(error) = result else {
        return READ.to_owned();
    };
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
