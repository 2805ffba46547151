//! The options that commands and MCP tools share: one type for each verb, which clap reads
//! from the command line and serde from the arguments of a tool. Both show the same text.
//!
//! `#[serde(skip)]` marks what only the command line has, `#[arg(skip)]` what only a tool has.

pub(crate) mod build;
pub(crate) mod copy;
pub(crate) mod environment;
mod error;
pub(crate) mod image;
pub(crate) mod index;
pub(crate) mod pack;
pub(crate) mod setup;
