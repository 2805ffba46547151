//! What to build: a package's `Cargo.toml` and its table, read without cargo.

pub mod describe;
pub mod files;
pub mod locate;
pub mod table;
pub mod values;
mod workspace;
