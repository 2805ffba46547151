//! Linking with zig, through what cargo-zigbuild sets up for it.

pub mod c_macros;
pub mod zig;
pub mod zigbuild_env;
