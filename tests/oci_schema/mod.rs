//! Judges the JSON documents of an image by the OCI image specification 1.1:
//! the constraints of its published schemas, and those that its prose adds.
//!
//! Each function gives what is wrong as `place: finding`, nothing for a valid
//! document. What the prose only recommends for portability counts too.

#![allow(
    dead_code,
    unused_imports,
    reason = "each test program uses a part of it"
)]

mod config;
mod descriptor;
mod grammar;
mod manifest;
mod place;
mod tests;

pub use config::{config, config_of_manifest};
pub use descriptor::descriptor;
pub use manifest::{image_index, layout_index, layout_marker, manifest};
