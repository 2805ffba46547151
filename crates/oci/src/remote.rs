//! Content that is read over a network.

use std::fmt::Debug;
use std::io::{self, Read};

use crate::descriptor::Descriptor;
use crate::transport::registry::repository::Repository;

/// The blobs and manifests of a repository in a registry, open for reading.
pub trait RemoteRepository: Debug + Send + Sync {
    /// Where they are.
    fn repository(&self) -> &Repository;

    /// Opens a blob or a manifest; its content is not verified.
    ///
    /// # Errors
    /// It is not there, or cannot be read. Within the [`io::Error`] is a
    /// [`ReadErrorKind`](crate::transport::ReadErrorKind), as in errors of the reader.
    fn open(&self, descriptor: &Descriptor) -> io::Result<Box<dyn Read + Send>>;
}
