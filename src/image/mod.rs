//! Images as values: pure functions from bytes to bytes, after the OCI image
//! specification 1.1. Nothing here reads a clock, an environment or a network.

#[cfg(feature = "build")]
pub mod assemble;
#[cfg(feature = "build")]
pub mod base;
pub mod compress;
pub mod config;
pub mod copy;
pub mod decompress;
pub mod description;
pub mod descriptor;
pub mod digest;
#[cfg(feature = "build")]
pub mod elf;
pub mod entry;
pub mod layer;
pub mod manifest;
pub mod media_type;
pub mod multi_platform;
pub mod platform;
pub mod reference;
pub mod tar;
mod tar_entry;
pub mod tar_reader;
