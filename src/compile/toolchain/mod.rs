//! Rust toolchains of the machine, and their musl standard libraries.

mod build_std;
pub mod discover;
pub mod error;
pub mod installed;
pub mod musl_std;
mod probe;
