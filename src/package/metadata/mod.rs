//! The tables `[package.metadata.muslin]` and `[workspace.metadata.muslin]` of Cargo.toml.

pub mod error;
mod location;
pub mod read;
pub mod table;
