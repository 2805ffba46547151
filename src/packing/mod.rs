//! Executables and a description to an image: the part that `build` and `pack` share.

pub mod assemble;
pub mod base_layer;
mod error;
mod executables;
pub mod layers;
pub mod pack;
pub mod report;

pub use error::PackingError;
pub use executables::Executable;
