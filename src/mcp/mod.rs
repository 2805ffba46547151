//! The MCP server: the operations as tools, over stdio (Model Context Protocol,
//! "Transports").
//!
//! `stdio` reads and writes messages, `server` answers requests, `tools` has one file for
//! each tool. `allowed_folders` limits the paths of tools, `running_calls` cancels calls when
//! the server ends, and `build_log` sends the output of a build to the client.

mod allowed_folders;
mod build_log;
mod options;
mod running_calls;
mod serve;
mod server;
mod stdio;
mod tool;
mod tools;

pub(crate) use allowed_folders::AllowedFolders;
pub(crate) use options::ServerOptions;
pub(crate) use serve::serve;
