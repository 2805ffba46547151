//! Why an image could not be read or written.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::reference::Reference;
use crate::digest::Digest;

/// An image that could not be read, and why.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{reference}`")]
pub struct ReadError {
    /// The image.
    pub reference: Reference,
    /// What is wrong with it.
    #[source]
    pub kind: Box<ReadErrorKind>,
}

/// What is wrong with an image, or with the place where it should be.
#[derive(Debug, thiserror::Error)]
pub enum ReadErrorKind {
    /// There is no such file or folder.
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
    /// A layout is asked for, and this is not a folder.
    #[error("`{0}` is not a folder; an archive is read with `oci-archive:` or `docker-archive:`")]
    NotAFolder(Utf8PathBuf),
    /// An archive or blob is asked for, and this is not a regular file.
    #[error("`{0}` is not a regular file")]
    NotAFile(Utf8PathBuf),
    /// A folder without `oci-layout`.
    #[error("`{0}` is not an image layout: it has no `oci-layout`; give a folder that has one")]
    NoLayout(Utf8PathBuf),
    /// An image layout of a version that is not supported.
    #[error(
        "it is an image layout of version `{0}`; this muslin knows `1.0.0`, so get a newer one"
    )]
    LayoutVersion(String),
    /// The archive is not a tar, or damaged.
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
    /// The archive holds more entries or longer names than are read.
    #[error("`{0}` holds more files than an archive of images should")]
    TooManyFiles(Utf8PathBuf),
    /// A file is not in the archive.
    #[error("there is no `{0}` in it; make the archive again")]
    NotInArchive(String),
    /// The archive belongs to another transport.
    #[error("there is no `{missing}` in it; write `{transport}:` before its name")]
    OtherTransport {
        /// The file that an archive of the asked transport has.
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
    /// The archive holds more images than are read.
    #[error("it holds more than {0} images")]
    TooManyImages(usize),
    /// A document is not JSON, or lacks a field that its kind must have.
    #[error("{document} in it is malformed; make the image again")]
    Malformed {
        /// The document, in words.
        document: String,
        /// Why.
        source: serde_json::Error,
    },
    /// A document is larger than the limit.
    #[error("{document} in it has {size} bytes, more than the {limit} that are read of a document")]
    DocumentTooLarge {
        /// The document, in words.
        document: String,
        /// Its claimed or true size in bytes.
        size: u64,
        /// What is read, in bytes.
        limit: u64,
    },
    /// The documents of an image together are larger than the limit.
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
    /// A blob's content does not have its digest.
    #[error(
        "the content of the blob `{digest}` has the digest `{found}`; make or copy the image again"
    )]
    WrongDigest {
        /// The blob.
        digest: Digest,
        /// The digest of its content.
        found: Digest,
    },
    /// A layer's tar does not have the diff ID of the config.
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
    /// A blob cannot be read, decompressed or read as a tar.
    #[error("the blob `{digest}` cannot be read")]
    Blob {
        /// The blob.
        digest: Digest,
        /// Why.
        source: io::Error,
    },
    /// The `mediaType` of a document is not the one of its descriptor.
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
    #[error("`{digest}` is of type `{media_type}`, which is not an image; name one that is")]
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
    /// Indexes are nested too deep.
    #[error("its indexes are nested more than {0} deep")]
    TooDeep(usize),
    /// The layout or archive is empty.
    #[error("it holds no image; write one to it first")]
    Empty,
    /// No image has the tag or name.
    #[error("there is no `{wanted}` in it; name {known}")]
    NoSuchName {
        /// What was asked for.
        wanted: String,
        /// All that there is.
        known: String,
    },
    /// The reference names no tag, and there are several images.
    #[error("it holds {known}; say which, as in `{example}`")]
    ManyImages {
        /// All that there is.
        known: String,
        /// A reference that would do.
        example: String,
    },
    /// The Docker daemon failed.
    #[error(transparent)]
    Docker(#[from] DockerError),
    /// A temporary file cannot be made.
    #[error("cannot write to the folder for temporary files, `{folder}`; set `TMPDIR` to another")]
    Temporary {
        /// The folder.
        folder: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl ReadErrorKind {
    /// The system's refusal to read a path.
    pub(super) fn unreadable(path: impl Into<Utf8PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NoFile(path),
            _ => Self::Unreadable { path, source },
        }
    }

    /// As the error of a stream.
    pub(super) fn into_io(self) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, self)
    }

    /// The error within that of a blob's stream; an error of another origin becomes one that
    /// names the blob.
    pub fn of_blob(digest: Digest, error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(fault) => fault,
            Err(source) => Self::Blob { digest, source },
        }
    }
}

/// Which side failed while a blob was copied.
#[derive(Debug)]
pub enum CopyError {
    /// The blob, or its source.
    Read(Box<ReadErrorKind>),
    /// The destination.
    Write(io::Error),
}

/// Why an image could not be written. What was at the destination is still there, whole.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A layout is to be where a file is.
    #[error("`{0}` is a file; give a folder, or write `oci-archive:{0}`")]
    NotAFolder(Utf8PathBuf),
    /// An archive is to be where a folder or a device is.
    #[error("`{0}` is a folder or a device; give the name of a file")]
    NotAFile(Utf8PathBuf),
    /// A folder that is neither empty nor an image layout.
    #[error(
        "`{path}` holds `{found}` and is not an image layout; give an empty folder or the path of \
         a new one"
    )]
    NotALayout {
        /// The folder.
        path: Utf8PathBuf,
        /// The name of a file in it.
        found: String,
    },
    /// The layout at the destination cannot be read, so nothing can be added to it.
    #[error(
        "cannot add to the layout `{path}`; write to `oci:{path}` to replace all that it holds"
    )]
    Damaged {
        /// The layout.
        path: Utf8PathBuf,
        /// What is wrong with it.
        source: Box<ReadErrorKind>,
    },
    /// The layout at the destination is of a version that is not known.
    #[error("cannot write to the layout `{path}`; give another folder")]
    Version {
        /// The layout.
        path: Utf8PathBuf,
        /// Which version it is.
        source: Box<ReadErrorKind>,
    },
    /// The system refuses.
    #[error("cannot write `{path}`")]
    Unwritable {
        /// The file or folder.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The image itself cannot be read.
    #[error("cannot read the image that is to be written")]
    Image(#[source] Box<ReadErrorKind>),
    /// The destination takes one platform and the image has several.
    #[error(
        "`{destination}` takes one platform and the image has {platforms}; choose one with \
         `--platform`"
    )]
    SeveralPlatforms {
        /// Where it should go.
        destination: Reference,
        /// The image's platforms.
        platforms: String,
    },
    /// The Docker daemon failed.
    #[error(transparent)]
    Docker(#[from] DockerError),
}

impl WriteError {
    /// The error of copying a blob to this path.
    pub(super) fn of_copy(error: CopyError, path: &Utf8Path) -> Self {
        match error {
            CopyError::Read(kind) => Self::Image(kind),
            CopyError::Write(source) => Self::unwritable(path, source),
        }
    }

    /// The system's refusal to write a path.
    pub(super) fn unwritable(path: impl Into<Utf8PathBuf>, source: io::Error) -> Self {
        Self::Unwritable {
            path: path.into(),
            source,
        }
    }

    /// A fault of the image that is to be written.
    pub(super) fn image(kind: ReadErrorKind) -> Self {
        Self::Image(Box::new(kind))
    }
}

/// Why `docker load` or `docker save` failed.
#[derive(Debug, thiserror::Error)]
pub enum DockerError {
    /// The program cannot be started.
    #[error(
        "cannot run `{program}`; install Docker, or use `docker-archive:FILE` and load the file \
         where Docker is"
    )]
    NoCommand {
        /// The program.
        program: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The command failed.
    #[error("`{command}` failed: {message}")]
    Failed {
        /// The program and its verb.
        command: String,
        /// What it wrote to stderr, or its exit status.
        message: String,
    },
    /// Its output cannot be read.
    #[error("cannot read the output of `{command}`")]
    Output {
        /// The program and its verb.
        command: String,
        /// Why.
        source: io::Error,
    },
}
