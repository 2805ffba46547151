//! Why an image could not be read or written.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::reference::Reference;
use crate::cancellation::Cancelled;
use crate::digest::Digest;

/// An image that could not be read, and why.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{reference}`")]
#[allow(missing_docs, reason = "the message describes its fields")]
pub struct ReadError {
    pub reference: Reference,
    #[source]
    pub kind: Box<ReadErrorKind>,
}

/// What is wrong with an image, or with the place where it should be.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum ReadErrorKind {
    #[error("there is no `{0}`; give the path of an image that was made")]
    NoFile(Utf8PathBuf),
    #[error("cannot read `{path}`")]
    Unreadable {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("`{0}` is not a folder; an archive is read with `oci-archive:` or `docker-archive:`")]
    NotAFolder(Utf8PathBuf),
    #[error("`{0}` is not a regular file")]
    NotAFile(Utf8PathBuf),
    #[error("`{0}` is not an image layout: it has no `oci-layout`; give a folder that has one")]
    NoLayout(Utf8PathBuf),
    #[error(
        "it is an image layout of version `{0}`; this muslin knows `1.0.0`, so get a newer one"
    )]
    LayoutVersion(String),
    #[error("`{path}` cannot be read as a tar")]
    Tar {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("`{path}` cannot be decompressed")]
    Decompress {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("`{0}` holds more files than an archive of images should")]
    TooManyFiles(Utf8PathBuf),
    #[error("there is no `{0}` in it; make the archive again")]
    NotInArchive(String),
    #[error("there is no `{missing}` in it; write `{transport}:` before its name")]
    OtherTransport {
        missing: &'static str,
        transport: &'static str,
    },
    #[error("`{0}` is in it twice; make the archive again")]
    TwiceInArchive(String),
    #[error("the link `{0}` in it leads in a circle or out of it; make the archive again")]
    BadLink(String),
    #[error("it holds more than {0} images")]
    TooManyImages(usize),
    #[error("{document} in it is malformed; make the image again")]
    Malformed {
        document: String,
        source: serde_json::Error,
    },
    #[error("{document} in it has {size} bytes, more than the {limit} that are read of a document")]
    DocumentTooLarge {
        document: String,
        size: u64,
        limit: u64,
    },
    #[error("its indexes, manifests and configs have more than {0} bytes together")]
    DocumentsTooLarge(u64),
    #[error("the blob `{0}` is missing; make or copy the image again")]
    MissingBlob(Digest),
    #[error(
        "the blob `{digest}` should have {claimed} bytes and has {found}; make or copy the image \
         again"
    )]
    WrongSize {
        digest: Digest,
        claimed: u64,
        found: u64,
    },
    #[error(
        "the content of the blob `{digest}` has the digest `{found}`; make or copy the image again"
    )]
    WrongDigest { digest: Digest, found: Digest },
    #[error(
        "the layer `{layer}` should have the diff ID `{claimed}` and has `{found}`; make the image \
         again"
    )]
    WrongDiffId {
        layer: Digest,
        claimed: Digest,
        found: Digest,
    },
    #[error("the blob `{digest}` cannot be read")]
    Blob { digest: Digest, source: io::Error },
    #[error(
        "`{digest}` should be of type `{claimed}` and says that it is `{found}`; make the image \
         again"
    )]
    WrongMediaType {
        digest: Digest,
        claimed: String,
        found: String,
    },
    #[error("`{digest}` is of type `{media_type}`, which is not an image; name one that is")]
    NotAnImage { digest: Digest, media_type: String },
    #[error(
        "the manifest `{manifest}` has {layers} layers and its config {diff_ids} diff IDs; make \
         the image again"
    )]
    LayerCount {
        manifest: Digest,
        layers: usize,
        diff_ids: usize,
    },
    #[error("its indexes are nested more than {0} deep")]
    TooDeep(usize),
    #[error(
        "its index `{0}` has indexes in it, which cannot be copied as they are; copy one of them \
         by its digest, or join them with `muslin index`"
    )]
    NestedIndex(Digest),
    #[error("it holds no image; write one to it first")]
    Empty,
    #[error("there is no `{wanted}` in it; name {known}")]
    NoSuchName { wanted: String, known: String },
    #[error("it holds {known}; say which, as in `{example}`")]
    ManyImages { known: String, example: String },
    #[error(transparent)]
    Docker(#[from] DockerError),
    #[error("{}", NO_REGISTRIES)]
    NoRegistries,
    #[error(transparent)]
    Registry(#[from] RegistryFault),
    #[error("cannot write to the folder for temporary files, `{folder}`; set `TMPDIR` to another")]
    Temporary {
        folder: Utf8PathBuf,
        source: io::Error,
    },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl ReadErrorKind {
    /// The system's refusal to read a path.
    pub(super) fn unreadable(path: impl Into<Utf8PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        match source.kind() {
            _ if Cancelled::is_cause_of(&source) => Self::Cancelled(Cancelled),
            io::ErrorKind::NotFound => Self::NoFile(path),
            _ => Self::Unreadable { path, source },
        }
    }

    /// As the error of a stream.
    #[must_use]
    pub fn into_io(self) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, self)
    }

    /// The error within that of a blob's stream; an error of another origin becomes one that
    /// names the blob.
    pub fn of_blob(digest: Digest, error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(fault) => fault,
            Err(source) if Cancelled::is_cause_of(&source) => Self::Cancelled(Cancelled),
            Err(source) => Self::Blob { digest, source },
        }
    }
}

/// What a client of registries reports: one line that names the thing and the mend.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct RegistryFault(pub Box<dyn std::error::Error + Send + Sync>);

const NO_REGISTRIES: &str =
    "this program reaches no registry; write to `oci:DIR` and copy that with `muslin copy`";

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
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum WriteError {
    #[error("`{0}` is a file; give a folder, or write `oci-archive:{0}`")]
    NotAFolder(Utf8PathBuf),
    #[error("`{0}` is a folder or a device; give the name of a file")]
    NotAFile(Utf8PathBuf),
    #[error(
        "`{path}` holds `{found}` and is not an image layout; give an empty folder or the path of \
         a new one"
    )]
    NotALayout { path: Utf8PathBuf, found: String },
    #[error(
        "cannot add to the layout `{path}`; write to `oci:{path}` to replace all that it holds"
    )]
    Damaged {
        path: Utf8PathBuf,
        source: Box<ReadErrorKind>,
    },
    #[error("cannot write to the layout `{path}`; give another folder")]
    Version {
        path: Utf8PathBuf,
        source: Box<ReadErrorKind>,
    },
    #[error("cannot write `{path}`")]
    Unwritable {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot read the image that is to be written")]
    Image(#[source] Box<ReadErrorKind>),
    #[error(
        "`{destination}` takes one platform and the image has {platforms}; choose one with \
         `--platform`"
    )]
    SeveralPlatforms {
        destination: Reference,
        platforms: String,
    },
    #[error(transparent)]
    Docker(#[from] DockerError),
    #[error("{}", NO_REGISTRIES)]
    NoRegistries,
    #[error("cannot push to `{destination}`")]
    Registry {
        destination: Reference,
        source: RegistryFault,
    },
    #[error("the image is `{found}`, not that of `{destination}`; leave the digest out")]
    OtherDigest {
        destination: Reference,
        found: Digest,
    },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl WriteError {
    /// The error of copying a blob to this path.
    pub(super) fn of_copy(error: CopyError, path: &Utf8Path) -> Self {
        match error {
            CopyError::Read(kind) => Self::image(*kind),
            CopyError::Write(source) => Self::unwritable(path, source),
        }
    }

    /// The system's refusal to write a path.
    pub(super) fn unwritable(path: impl Into<Utf8PathBuf>, source: io::Error) -> Self {
        if Cancelled::is_cause_of(&source) {
            return Self::Cancelled(Cancelled);
        }
        Self::Unwritable {
            path: path.into(),
            source,
        }
    }

    /// A fault of the image that is to be written.
    #[must_use]
    pub fn image(kind: ReadErrorKind) -> Self {
        match kind {
            ReadErrorKind::Cancelled(cancelled) => Self::Cancelled(cancelled),
            kind => Self::Image(Box::new(kind)),
        }
    }
}

/// Why `docker load` or `docker save` failed.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum DockerError {
    #[error(
        "cannot run `{program}`; install Docker, or use `docker-archive:FILE` and load the file \
         where Docker is"
    )]
    NoCommand {
        program: Utf8PathBuf,
        source: io::Error,
    },
    #[error("`{command}` failed: {message}")]
    Failed { command: String, message: String },
    #[error("cannot read the output of `{command}`")]
    Output { command: String, source: io::Error },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
