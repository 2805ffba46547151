//! Writing an image to where it is wanted.
//!
//! Whatever happens on the way, a destination holds what it held or the new image,
//! whole: each form of it has one rename that counts.

mod docker_archive;
mod docker_daemon;
mod layout;
mod oci_archive;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};

use camino::{Utf8Path, Utf8PathBuf};

use crate::image::digest::{Digest, HashingWriter};
use crate::image::multi_platform::{Blob, Content, MultiPlatformImage};
use crate::image::reference::Reference;

/// The name that an image gets in a layout when it is given none.
const DEFAULT_TAG: &str = "latest";

/// How the local daemon is reached.
#[derive(Clone, Debug)]
pub struct Docker {
    /// The command: `docker`, or one that understands `load`.
    pub program: Utf8PathBuf,
    /// Its variables, such as `DOCKER_HOST`.
    pub environment: BTreeMap<OsString, OsString>,
}

/// Why an image could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The destination cannot be written.
    #[error("cannot write `{path}`")]
    Write {
        /// The file or folder.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is where a layout's folder should be.
    #[error("`{0}` is a file, not a folder; `oci:` writes a folder, `oci-archive:{0}` a file")]
    NotAFolder(Utf8PathBuf),
    /// A folder is where an archive should be.
    #[error("`{0}` is a folder; an archive is a file, so give its name as well")]
    NotAFile(Utf8PathBuf),
    /// A folder holds other things.
    #[error(
        "`{0}` is neither empty nor an image layout, so nothing was written there; choose another folder"
    )]
    Stranger(Utf8PathBuf),
    /// What the folder holds as its index is none.
    #[error(
        "`{path}` cannot be read as the index of a layout; remove it, or choose another folder"
    )]
    BrokenIndex {
        /// The `index.json`.
        path: Utf8PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// What was to be written is not what it was.
    #[error(
        "a layer has changed since it was made: it is {found} and should be {wanted}; try again"
    )]
    Changed {
        /// What its descriptor says.
        wanted: Digest,
        /// What was read.
        found: Digest,
    },
    /// The format has no room for several platforms.
    #[error(
        "`{destination}` holds one platform, and the image has {platforms}; choose one with `--platform`"
    )]
    OnePlatform {
        /// The destination.
        destination: String,
        /// The platforms of the image.
        platforms: String,
    },
    /// A layer of a type that the format cannot hold.
    #[error("`{0}` layers cannot be written to a docker archive")]
    LayerType(String),
    /// The daemon's command cannot be run.
    #[error(
        "cannot run `{program} load`; install Docker, or write an archive with `docker-archive:FILE`"
    )]
    NoDocker {
        /// The command.
        program: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The daemon refused.
    #[error("`{program} load` failed: {message}")]
    Docker {
        /// The command.
        program: Utf8PathBuf,
        /// What it said.
        message: String,
    },
}

/// Writes the image to the destination. `tags` name it where the destination does
/// not: entries of a layout, names of an archive's image (with `name` before them).
///
/// # Errors
/// What [`WriteError`] says; the destination is what it was then.
pub fn write(
    destination: &Reference,
    image: &MultiPlatformImage,
    name: &str,
    tags: &[String],
    docker: &Docker,
) -> Result<(), WriteError> {
    match destination {
        Reference::Oci { path, tag } => layout::write(path, tag.as_deref(), image, tags),
        Reference::OciArchive { path, tag } => {
            oci_archive::write(path, &names(tag.as_ref(), tags), image)
        }
        Reference::DockerArchive { path, name: given } => {
            let names = docker_names(given.as_deref(), name, tags);
            let one = docker_archive::only_platform(image, destination)?;
            replace(path, |file| docker_archive::write(file, one, &names))
        }
        Reference::DockerDaemon { name: given } => {
            let one = docker_archive::only_platform(image, destination)?;
            docker_daemon::write(docker, one, &docker_names(Some(given), name, tags))
        }
    }
}

/// The entries that an image gets in a layout.
fn names(tag: Option<&String>, tags: &[String]) -> Vec<String> {
    match tag {
        Some(tag) => vec![tag.clone()],
        None if tags.is_empty() => vec![DEFAULT_TAG.to_owned()],
        None => tags.to_vec(),
    }
}

/// The names that a daemon gives the image, each with a tag.
fn docker_names(given: Option<&str>, name: &str, tags: &[String]) -> Vec<String> {
    let tagged = |name: &str, tag: &str| format!("{name}:{tag}");
    match given {
        Some(given)
            if given
                .rsplit('/')
                .next()
                .is_some_and(|last| last.contains(':')) =>
        {
            vec![given.to_owned()]
        }
        Some(given) => vec![tagged(given, DEFAULT_TAG)],
        None if tags.is_empty() => vec![tagged(name, DEFAULT_TAG)],
        None => tags.iter().map(|tag| tagged(name, tag)).collect(),
    }
}

/// Writes a file beside its place and renames it.
fn replace(
    path: &Utf8Path,
    write: impl FnOnce(&mut File) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    if path.is_dir() {
        return Err(WriteError::NotAFile(path.to_owned()));
    }
    let folder = match path.parent() {
        Some(folder) if folder != "" => folder,
        _ => Utf8Path::new("."),
    };
    let unwritable = |source| WriteError::Write {
        path: path.to_owned(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    let mut file = temporary(folder).map_err(unwritable)?;
    write(file.as_file_mut())?;
    file.persist(path)
        .map_err(|error| unwritable(error.error))?;
    Ok(())
}

/// A file that is removed unless it is renamed, with the rights of a usual new file.
fn temporary(folder: &Utf8Path) -> io::Result<tempfile::NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;
    tempfile::Builder::new()
        .prefix(TEMPORARY)
        .permissions(std::fs::Permissions::from_mode(0o644))
        .tempfile_in(folder)
}

/// How names of unfinished files begin.
const TEMPORARY: &str = ".muslin-";

/// Copies a blob and checks on the way that it has its digest.
fn copy_blob(blob: &Blob, out: impl Write) -> Result<(), CopyError> {
    let mut out = HashingWriter::new(out);
    match &blob.content {
        Content::Bytes(bytes) => out.write_all(bytes).map_err(CopyError::Io)?,
        Content::File(path) => {
            let mut file = File::open(path).map_err(CopyError::Io)?;
            copy(&mut file, &mut out).map_err(CopyError::Io)?;
        }
    }
    let (mut out, found, _) = out.finish();
    if found != blob.descriptor.digest {
        return Err(CopyError::Changed(found));
    }
    out.flush().map_err(CopyError::Io)
}

fn copy(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 18];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => to.write_all(&buffer[..read])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

enum CopyError {
    Io(io::Error),
    Changed(Digest),
}

impl CopyError {
    fn at(self, path: &Utf8Path, wanted: Digest) -> WriteError {
        match self {
            Self::Io(source) => WriteError::Write {
                path: path.to_owned(),
                source,
            },
            Self::Changed(found) => WriteError::Changed { wanted, found },
        }
    }
}

/// The entry of a layout's `index.json` for each name (image-layout.md, "index.json file").
fn layout_entries(
    image: &MultiPlatformImage,
    names: &[String],
) -> Vec<crate::image::descriptor::Descriptor> {
    let entry = |name: &String| {
        let mut descriptor = image.index.descriptor.clone();
        descriptor
            .annotations
            .insert(REF_NAME.to_owned(), name.clone());
        descriptor
    };
    names.iter().map(entry).collect()
}

/// Names an entry of a layout.
const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// The file that says that a folder is a layout, and which version of it.
const LAYOUT_FILE: &str = r#"{"imageLayoutVersion":"1.0.0"}"#;
