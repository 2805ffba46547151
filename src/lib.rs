//! Turns a Rust package into small, static, multi-architecture OCI images.
//!
//! `cli` reads arguments into the Requests of `operations`, and `mcp` does the same for
//! clients of the Model Context Protocol. The operations join `package` (what to build),
//! `compile` (how), `packing` (executables to images) and the crate `muslin_oci` (images,
//! and where they live).

pub mod cache;
pub mod cli;
pub mod compile;
pub mod dockerfile;
pub mod elf;
mod error_chain;
#[cfg(feature = "mcp")]
mod mcp;
pub mod operations;
mod options;
pub mod package;
pub mod packing;
pub mod platform;
mod quote;
mod temporary;
