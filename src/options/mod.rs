//! The options that commands and MCP tools share: one type for each verb, which clap reads
//! from the command line and serde from the arguments of a tool. Both show the same text.
//!
//! `#[serde(skip)]` marks what only the command line has, `#[arg(skip)]` what only a tool has.

mod build;
mod environment;
mod error;
mod image;
mod index;
mod pack;
mod setup;

pub(crate) use build::BuildOptions;
pub(crate) use environment::ProcessEnvironment;
pub(crate) use index::IndexOptions;
pub(crate) use pack::PackOptions;
pub(crate) use setup::SetupOptions;
