//! Running cargo: its configuration, arguments, messages and downloads.

pub mod build;
pub mod config;
pub mod error;
pub mod fetch;
pub mod invocation;
mod lockfile;
mod path_remap;
pub mod published;
pub mod rustflags;
