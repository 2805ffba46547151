//! Rust toolchains of the machine, and their musl standard libraries.

pub mod discover;
pub mod installed;
pub mod musl_std;
mod probe;
