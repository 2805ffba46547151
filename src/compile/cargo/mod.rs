//! Calling cargo: its configuration, arguments, messages and downloads.

pub mod build;
pub mod fetch;
pub mod invocation;
pub mod published;
pub mod rustflags;
