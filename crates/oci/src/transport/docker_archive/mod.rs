//! Docker's archives: what `docker save` writes and `docker load` reads.

mod manifest;
mod read;
mod write;

pub(super) use read::read;
pub(super) use write::{only_platform, write, write_to};
