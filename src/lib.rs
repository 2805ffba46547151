//! Turns a Rust package into small, static, multi-architecture OCI images.
//!
//! `cli` reads arguments into the Requests of `operations`, and `mcp` what clients of
//! the Model Context Protocol send; they join
//! `package` (what to build), `compile` (how), `image` (pure: bytes of layers,
//! configs, manifests) and `transport` (where images are read and written).

pub mod cache;
pub mod cli;
#[cfg(feature = "build")]
pub mod compile;
mod error_chain;
pub mod image;
#[cfg(feature = "mcp")]
pub mod mcp;
pub mod operations;
#[cfg(feature = "build")]
pub mod package;
pub mod transport;
