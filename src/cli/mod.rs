//! The command line: reads arguments into Requests and prints Reports.
//!
//! `verbs` lists the commands, one file each; `run` parses the arguments and calls one.

mod auditable;
mod build;
mod command;
mod completions;
mod copy;
mod error;
mod format;
mod github_actions;
mod index;
mod init;
mod inspect;
mod man;
#[cfg(feature = "mcp")]
mod mcp;
mod output;
mod pack;
mod progress_bar;
mod report;
mod run;
mod setup;
mod signals;
mod verbs;

pub use run::run;
