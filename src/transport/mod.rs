//! Reading and writing images: layouts, archives, the local daemon.
//!
//! [`write()`] puts an image at a [`Reference`](crate::image::reference::Reference),
//! whole or not at all; [`open()`] reads one from there, and trusts nothing that it
//! finds; [`fsck()`] reads all of it.

mod archive_file;
mod blob_reader;
mod docker_archive;
mod docker_archive_source;
mod docker_daemon;
mod docker_manifest;
mod fault;
mod fsck;
mod garbage;
mod json;
mod layout;
mod layout_index;
mod loader;
mod machine;
mod oci_archive;
mod open;
mod source;
mod store;
mod tar_index;
mod write;
mod write_blob;

pub use blob_reader::{BlobReader, open_layer};
pub use docker_daemon::DockerError;
pub use fault::{Fault, ReadError};
pub use fsck::{Flaw, Health, fsck};
pub use machine::{Docker, Machine};
pub use open::open;
pub use source::{Entry, MAX_DOCUMENT, Source};
pub use write::{WriteError, Written, write};

/// What names an entry of a layout (OCI image-spec 1.1, annotations.md).
pub const REF_NAME: &str = "org.opencontainers.image.ref.name";
