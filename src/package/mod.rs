//! What to build: a package's `Cargo.toml` and its table, read without cargo.

mod binaries;
pub mod describe;
pub mod files;
pub mod locate;
mod stamps;
pub mod table;
pub mod values;
mod workspace;
