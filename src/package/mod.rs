//! What to build: a package's `Cargo.toml` and its table, read without cargo.

pub mod binaries;
pub mod describe;
pub mod description;
pub mod files;
pub mod find;
pub mod labels;
pub mod manifest;
pub mod metadata;
pub mod overrides;
mod profile;
pub mod validate;
mod workspace;
