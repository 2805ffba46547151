//! Opening what a reference names.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek};

use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use super::docker_archive_source;
use super::docker_daemon;
use super::fault::{Fault, ReadError};
use super::machine::Machine;
use super::source::{Entry, Source, entries, small_document};
use super::store::Store;
use super::tar_index::TarIndex;
use crate::image::copy::copy;
use crate::image::decompress::{Codec, Decompressed, limit_for};
use crate::image::digest::Digest;
use crate::image::manifest::Index;
use crate::image::reference::Reference;

/// The content of `oci-layout` (image-layout.md).
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LayoutVersion {
    pub(super) image_layout_version: String,
}

/// The only version there is.
pub(super) const LAYOUT_VERSION: &str = "1.0.0";

/// Opens a layout, an archive or an image of the local daemon.
///
/// # Errors
/// There is nothing, or it is damaged, or no such thing.
pub fn open(reference: &Reference, machine: &Machine) -> Result<Source, ReadError> {
    let opened = match reference {
        Reference::Oci { path, tag } => layout(path).map(|opened| (opened, tag.clone())),
        Reference::OciArchive { path, tag } => archive(path, machine)
            .and_then(|tar| oci_archive(&tar))
            .map(|opened| (opened, tag.clone())),
        Reference::DockerArchive { path, name } => archive(path, machine)
            .and_then(|tar| docker_archive_source::read(&tar))
            .map(|opened| (opened, name.clone())),
        Reference::DockerDaemon { name } => docker_daemon::save(name, machine)
            .and_then(|file| TarIndex::new(file, Utf8Path::new("docker save")))
            .and_then(|tar| docker_archive_source::read(&tar))
            .map(|opened| (opened, None)),
    };
    match opened {
        Ok(((store, entries), wanted)) => Ok(Source {
            reference: reference.clone(),
            store,
            entries,
            wanted,
        }),
        Err(fault) => Err(ReadError {
            reference: reference.clone(),
            fault: Box::new(fault),
        }),
    }
}

/// A layout's store and entries.
pub(super) fn layout(path: &Utf8Path) -> Result<(Store, Vec<Entry>), Fault> {
    let metadata = path.metadata();
    let metadata = metadata.map_err(|error| Fault::unreadable(path, error))?;
    if !metadata.is_dir() {
        return Err(Fault::NotAFolder(path.to_owned()));
    }
    let version = match regular_file(&path.join("oci-layout")) {
        Err(Fault::NoFile(_)) => return Err(Fault::NoLayout(path.to_owned())),
        file => file?,
    };
    known_version(version)?;
    let index = regular_file(&path.join("index.json"))?;
    let (_, index): (_, Index) = small_document(index, "index.json")?;
    Ok((Store::Folder(path.to_owned()), entries(index)))
}

/// Refuses a layout of a version that is not known.
pub(super) fn known_version(file: impl Read) -> Result<(), Fault> {
    let (_, version): (_, LayoutVersion) = small_document(file, "oci-layout")?;
    match version.image_layout_version {
        version if version == LAYOUT_VERSION => Ok(()),
        version => Err(Fault::LayoutVersion(version)),
    }
}

fn oci_archive(tar: &TarIndex) -> Result<(Store, Vec<Entry>), Fault> {
    if tar.find("oci-layout").is_err() && tar.find("manifest.json").is_ok() {
        return Err(Fault::OtherTransport {
            missing: "oci-layout",
            transport: "docker-archive",
        });
    }
    known_version(tar.open("oci-layout")?)?;
    let (_, index): (_, Index) = small_document(tar.open("index.json")?, "index.json")?;
    let mut blobs = BTreeMap::new();
    for name in tar.names() {
        let digest = name.strip_prefix("blobs/sha256/");
        let digest = digest.and_then(|hex| format!("sha256:{hex}").parse::<Digest>().ok());
        if let Some(digest) = digest {
            blobs.insert(digest, tar.part(tar.find(name)?));
        }
    }
    Ok((Store::Archive(blobs), entries(index)))
}

/// The files of an archive, which may be compressed.
fn archive(path: &Utf8Path, machine: &Machine) -> Result<TarIndex, Fault> {
    let mut file = regular_file(path)?;
    let unreadable = |error| Fault::unreadable(path, error);
    let mut start = Vec::new();
    (&mut file)
        .take(6)
        .read_to_end(&mut start)
        .map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    if Codec::sniff(&start) == Codec::Plain {
        return TarIndex::new(file, path);
    }
    let limit = limit_for(file.metadata().map_err(unreadable)?.len());
    let broken = |source| Fault::Decompress {
        path: path.to_owned(),
        source,
    };
    let mut plain = temporary(machine)?;
    let mut decompressed = Decompressed::new(file, limit).map_err(broken)?;
    copy(&mut decompressed, &mut plain).map_err(broken)?;
    plain.rewind().map_err(broken)?;
    TarIndex::new(plain, path)
}

/// A file without a name, which is gone with its last reader.
pub(super) fn temporary(machine: &Machine) -> Result<File, Fault> {
    tempfile::tempfile_in(&machine.temporary).map_err(|source| Fault::Temporary {
        folder: machine.temporary.clone(),
        source,
    })
}

/// Opens a file and nothing else: a pipe would wait for a writer that never comes.
fn regular_file(path: &Utf8Path) -> Result<File, Fault> {
    let metadata = path.metadata();
    let metadata = metadata.map_err(|error| Fault::unreadable(path, error))?;
    if !metadata.is_file() {
        return Err(Fault::NotAFile(path.to_owned()));
    }
    File::open(path).map_err(|error| Fault::unreadable(path, error))
}
