//! Reading a package: its `Cargo.toml`, its workspace and its metadata table, without cargo.
//!
//! `find` selects a package, and `describe` makes the description of its image.

pub mod binaries;
pub mod describe;
pub mod description;
mod discover;
pub mod files;
pub mod find;
pub mod labels;
pub mod manifest;
pub mod metadata;
pub mod overrides;
mod profile;
mod resolve;
pub mod validate;
mod workspace;
