//! `[package.metadata.muslin]` and `[workspace.metadata.muslin]` of Cargo.toml.

pub mod table;
