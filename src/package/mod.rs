//! What to build: a package's `Cargo.toml` and its table, read without cargo.

pub mod binaries;
pub mod describe;
pub mod description;
pub mod files;
pub mod locate;
pub mod overrides;
pub mod stamps;
pub mod table;
pub mod values;
mod workspace;
