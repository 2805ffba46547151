//! Running cargo: its configuration, arguments, messages and downloads.

pub mod build;
pub mod build_dir;
pub mod config;
pub mod crate_list;
pub mod error;
pub mod fetch;
pub mod invocation;
mod messages;
mod path_remap;
pub(crate) mod profile;
pub mod published;
pub mod rustflags;
