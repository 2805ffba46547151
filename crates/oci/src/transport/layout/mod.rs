//! Image layouts: folders with `oci-layout`, `index.json` and blobs (OCI image-spec 1.1,
//! image-layout.md).

mod blobs;
pub(super) mod format;
mod gc;
mod lock;
mod read;
mod write;

pub(super) use read::read;
pub(super) use write::{ExistingEntries, write};

/// What the names of unfinished files start with.
pub(super) const UNFINISHED_PREFIX: &str = ".muslin-";
