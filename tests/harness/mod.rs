//! What the integration tests share: running the program in a clean
//! environment, folders of their own, and the tools that judge its images.

#![allow(
    dead_code,
    unused_imports,
    reason = "each test program uses a part of it"
)]

mod container;
mod executable;
pub mod faulty_proxy;
pub mod forged;
pub mod http;
mod layout;
mod pack;
mod program;
pub mod registry;
mod scratch;
pub mod server;
pub mod slow;
mod tools;

pub use container::{Engine, Finished};
pub use executable::{Architecture, dynamic_executable};
pub use layout::{Layer, Layout};
pub use pack::{BOTH, pack};
pub use program::{Muslin, Output, cache_with_sccache, cache_with_toolchain, kept_cache};
pub use scratch::{Scratch, copy_tree};
pub use tools::{arm64, skip, succeed, tool};
