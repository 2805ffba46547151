//! Compiling a package for musl targets with cargo, linked by zig.
//!
//! `pipeline` runs the steps. One cargo invocation compiles all targets; its arguments and
//! environment are a pure function of what the earlier steps found (`cargo::invocation`).

mod cache_key;
pub mod cargo;
pub mod context;
mod copy;
pub mod env;
mod error;
mod forwarding;
pub mod leaks;
pub mod linker;
mod lock;
pub mod openssl;
mod pipeline;
pub mod process;
pub mod request;
mod rustc_wrapper;
pub mod sccache;
mod script;
mod target;
pub mod toolchain;

pub use env::Environment;
pub use error::CompileError;
pub use pipeline::{Compiled, ToolchainReport, compile};
pub use request::CompileRequest;
