//! `muslin mcp` as its clients see it: answers, limits, folders and its end.

#![cfg(feature = "mcp")]

#[path = "mcp/cancelling.rs"]
mod cancelling;
#[path = "mcp/ending.rs"]
mod ending;
#[path = "mcp/folders.rs"]
mod folders;
mod harness;
#[path = "mcp/large_images.rs"]
mod large_images;
#[path = "mcp/lines.rs"]
mod lines;
#[path = "mcp/registries.rs"]
mod registries;
#[path = "mcp/tools.rs"]
mod tools;

use std::process::Command;

use harness::server::Server;
use harness::{Muslin, Scratch};
use serde_json::Value;

/// The newest version with a handshake, and one older.
const VERSIONS: [&str; 2] = ["2025-11-25", "2025-06-18"];

/// `muslin mcp` in this folder, with the toolchain where builds need it.
fn command(scratch: &Scratch) -> Command {
    Muslin::new()
        .folder(scratch.path())
        .with_toolchain()
        .arg("mcp")
        .command(scratch)
}

fn server(scratch: &Scratch) -> Server {
    Server::initialized(command(scratch), VERSIONS[0])
}

fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap()
}
