//! Archives: tars that hold images.

mod index;
mod open;
mod replace;
mod write;

pub(super) use index::ArchiveIndex;
pub(super) use open::open;
pub(super) use replace::ReplacedFile;
pub(super) use write::{write_blob, write_file};
