//! Compiling a package for musl targets with cargo, linked by zig.
//!
//! One cargo invocation builds every target. The toolchain, the standard library
//! and zig are found or installed first; the arguments and variables of cargo are
//! decided in `cargo::invocation`, which reads and writes nothing.

mod cache_key;
pub mod cargo;
pub mod context;
pub mod env;
mod error;
pub mod leaks;
pub mod linker;
mod pipeline;
pub mod process;
pub mod request;
mod script;
mod target;
pub mod toolchain;

pub use env::Environment;
pub use error::CompileError;
pub use pipeline::{Compiled, ToolchainReport, compile};
pub use request::{CompileRequest, HIDDEN_FROM_CARGO};
