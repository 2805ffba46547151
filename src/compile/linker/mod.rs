//! Linking with zig, by the compiler wrappers that cargo-zigbuild makes.

pub mod c_macros;
mod cc_wrapper;
pub(crate) mod install;
mod pip;
pub mod wheels;
pub mod zig;
pub mod zigbuild_env;

pub use cc_wrapper::{C_ARGUMENTS_VARIABLE, FAILED_LINKS_VARIABLE};
