//! The places where images live: image layouts, archives, the local Docker daemon,
//! registries.
//!
//! [`write()`] puts an image at a [`Reference`], whole or not at all. [`open()`] reads one from
//! there and trusts nothing that it finds. [`verify()`] reads every byte of one.

mod archive;
mod blob;
mod blob_store;
mod docker_archive;
mod docker_daemon;
mod document;
mod error;
mod host;
mod layout;
mod oci_archive;
mod open;
pub mod reference;
pub mod registry;
mod regular_file;
mod resolve;
mod source;
mod verify;
mod write;

pub use blob::{BlobReader, LayerReader, copy_blob};
pub use document::MAX_DOCUMENT;
pub use error::{CopyError, DockerError, ReadError, ReadErrorKind, RegistryFault, WriteError};
pub use host::{CommandRunner, DockerCli, Host, Notice};
pub use open::open;
pub use reference::Reference;
pub use registry::{Registries, RegistryClient, RemoteImage};
pub use source::{Entry, Source};
pub use verify::{Finding, VerifyReport, verify, verify_attestation, verify_layer};
pub use write::{Written, write};
