//! Why an image could not be read.

use std::io;

use camino::Utf8PathBuf;

use super::docker_daemon::DockerError;
use crate::image::digest::Digest;
use crate::image::reference::Reference;

/// Why an image could not be read, and which.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{reference}`")]
pub struct ReadError {
    /// The image.
    pub reference: Reference,
    /// What is wrong with it.
    #[source]
    pub fault: Box<Fault>,
}

/// What is wrong with an image that was found somewhere.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// There is nothing.
    #[error("there is no `{0}`; give the path of an image that was made")]
    NoFile(Utf8PathBuf),
    /// The system refuses.
    #[error("cannot read `{path}`")]
    Unreadable {
        /// The file or folder.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is a file, device or the like.
    #[error("`{0}` is no folder; an archive is read with `oci-archive:` or `docker-archive:`")]
    NotAFolder(Utf8PathBuf),
    /// There is a folder, device or the like.
    #[error("`{0}` is no regular file")]
    NotAFile(Utf8PathBuf),
    /// A folder that is no layout.
    #[error("`{0}` is no image layout: it has no `oci-layout`; give a folder that has one")]
    NoLayout(Utf8PathBuf),
    /// A layout of a time to come.
    #[error(
        "it is an image layout of version `{0}`; this muslin knows `1.0.0`, so get a newer one"
    )]
    LayoutVersion(String),
    /// The archive is no tar, or damaged.
    #[error("`{path}` cannot be read as a tar")]
    Tar {
        /// The archive.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The archive cannot be decompressed.
    #[error("`{path}` cannot be decompressed")]
    Decompress {
        /// The archive.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The archive holds more entries or longer names than anything in earnest.
    #[error("`{0}` holds more files than an archive of images should")]
    TooManyFiles(Utf8PathBuf),
    /// A file is not in the archive.
    #[error("there is no `{0}` in it; make the archive again")]
    NotInArchive(String),
    /// The archive is of the other kind.
    #[error("there is no `{missing}` in it; write `{transport}:` before its name")]
    OtherTransport {
        /// What an archive of the wanted kind has.
        missing: &'static str,
        /// The transport that reads it.
        transport: &'static str,
    },
    /// A file is in the archive twice.
    #[error("`{0}` is in it twice; make the archive again")]
    TwiceInArchive(String),
    /// A link in the archive leads nowhere.
    #[error("the link `{0}` in it leads in a circle or out of it; make the archive again")]
    BadLink(String),
    /// The archive holds more images than anything in earnest.
    #[error("it holds more than {0} images")]
    TooManyImages(usize),
    /// A document is no JSON, or not of its kind.
    #[error("{document} in it is malformed; make the image again")]
    Malformed {
        /// The document, in words.
        document: String,
        /// Why.
        source: serde_json::Error,
    },
    /// A document is larger than anything in earnest.
    #[error("{document} in it has {size} bytes, more than the {limit} that are read of a document")]
    DocumentTooLarge {
        /// The document, in words.
        document: String,
        /// Its claimed or true size in bytes.
        size: u64,
        /// What is read, in bytes.
        limit: u64,
    },
    /// The documents of an image together are larger than anything in earnest.
    #[error("its indexes, manifests and configs have more than {0} bytes together")]
    DocumentsTooLarge(u64),
    /// A blob is not there.
    #[error("the blob `{0}` is missing; make or copy the image again")]
    MissingBlob(Digest),
    /// A blob is shorter or longer than what points at it says.
    #[error(
        "the blob `{digest}` should have {claimed} bytes and has {found}; make or copy the image \
         again"
    )]
    WrongSize {
        /// The blob.
        digest: Digest,
        /// Its size as claimed, in bytes.
        claimed: u64,
        /// Its size as far as it was read, in bytes.
        found: u64,
    },
    /// A blob's content is not what its name says.
    #[error(
        "the blob `{digest}` has another content, with the digest `{found}`; make or copy the \
         image again"
    )]
    WrongDigest {
        /// The blob.
        digest: Digest,
        /// The digest of its content.
        found: Digest,
    },
    /// A layer's tar is not what the config says.
    #[error(
        "the layer `{layer}` should have the diff ID `{claimed}` and has `{found}`; make the image \
         again"
    )]
    WrongDiffId {
        /// The layer's blob.
        layer: Digest,
        /// The diff ID in the config.
        claimed: Digest,
        /// The digest of its tar.
        found: Digest,
    },
    /// A blob cannot be read: it is on a bad disk, is no gzip, or no tar.
    #[error("the blob `{digest}` cannot be read")]
    Blob {
        /// The blob.
        digest: Digest,
        /// Why.
        source: io::Error,
    },
    /// A document says that it is of another type than what points at it says.
    #[error(
        "`{digest}` should be of type `{claimed}` and says that it is `{found}`; make the image \
         again"
    )]
    WrongMediaType {
        /// The document.
        digest: Digest,
        /// The type in the descriptor.
        claimed: String,
        /// The type in the document.
        found: String,
    },
    /// A document is neither an index nor the manifest of an image.
    #[error("`{digest}` is of type `{media_type}`, which is no image; name one that is")]
    NotAnImage {
        /// The document.
        digest: Digest,
        /// Its type, or that of its config.
        media_type: String,
    },
    /// A manifest and its config do not fit each other.
    #[error(
        "the manifest `{manifest}` has {layers} layers and its config {diff_ids} diff IDs; make \
         the image again"
    )]
    LayerCount {
        /// The manifest.
        manifest: Digest,
        /// Layers of the manifest.
        layers: usize,
        /// Diff IDs of the config.
        diff_ids: usize,
    },
    /// An index in an index in an index.
    #[error("its indexes are nested more than {0} deep")]
    TooDeep(usize),
    /// There is no image.
    #[error("it holds no image; write one to it first")]
    Empty,
    /// The name is not there.
    #[error("there is no `{wanted}` in it; name {known}")]
    NoSuchName {
        /// What was asked for.
        wanted: String,
        /// All that there is.
        known: String,
    },
    /// No name was asked for, and there are several.
    #[error("it holds {known}; say which, as in `{example}`")]
    ManyImages {
        /// All that there is.
        known: String,
        /// A reference that would do.
        example: String,
    },
    /// The daemon does not answer.
    #[error(transparent)]
    Docker(#[from] DockerError),
    /// A file for the time of the call cannot be made.
    #[error("cannot write to the folder for temporary files, `{folder}`; set `TMPDIR` to another")]
    Temporary {
        /// The folder.
        folder: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Fault {
    /// The system's refusal to read a path.
    pub(super) fn unreadable(path: impl Into<Utf8PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NoFile(path),
            _ => Self::Unreadable { path, source },
        }
    }

    /// As an error of reading a stream.
    pub(super) fn into_io(self) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, self)
    }

    /// The fault within an error of reading a blob's stream, or one that names the blob.
    pub(super) fn of_blob(digest: Digest, error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(fault) => fault,
            Err(source) => Self::Blob { digest, source },
        }
    }
}
