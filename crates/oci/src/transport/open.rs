//! Opens what a reference names.

use super::blob_store::BlobStore;
use super::error::{ReadError, ReadErrorKind};
use super::host::Host;
use super::reference::Reference;
use super::registry::reference::RegistryReference;
use super::source::{Entry, Source};
use super::{archive, docker_archive, docker_daemon, layout, oci_archive};

/// Opens a layout, an archive, an image of the local daemon or one in a registry.
///
/// # Errors
/// There is nothing, it is damaged, it is not what the transport asks for, or the work is
/// cancelled.
pub fn open(reference: &Reference, host: &Host) -> Result<Source, ReadError> {
    let opened = match reference {
        Reference::Oci { path, tag } => {
            layout::read(path, host).map(|opened| (opened, tag.clone()))
        }
        Reference::OciArchive { path, tag } => archive::open(path, host)
            .and_then(|tar| oci_archive::read(&tar))
            .map(|opened| (opened, tag.clone())),
        Reference::DockerArchive { path, name } => archive::open(path, host)
            .and_then(|tar| docker_archive::read(&tar, &host.cancellation))
            .map(|opened| (opened, name.clone())),
        Reference::Registry(image) => open_remote(image, host).map(|opened| (opened, None)),
        Reference::DockerDaemon { name } => docker_daemon::save(name, host)
            .and_then(|tar| docker_archive::read(&tar, &host.cancellation))
            .map(|opened| (opened, None)),
    };
    match opened {
        Ok(((blobs, entries), wanted)) => Ok(Source {
            reference: reference.clone(),
            blobs,
            entries,
            wanted,
        }),
        Err(kind) => Err(ReadError {
            reference: reference.clone(),
            kind: Box::new(kind),
        }),
    }
}

/// The image in a registry, as the only entry.
fn open_remote(
    image: &RegistryReference,
    host: &Host,
) -> Result<(BlobStore, Vec<Entry>), ReadErrorKind> {
    let client = host.registries.client();
    let opened = client.ok_or(ReadErrorKind::NoRegistries)?.open(image)?;
    let entry = Entry {
        name: image.tag.clone(),
        descriptor: opened.root,
    };
    Ok((BlobStore::Remote(opened.repository), vec![entry]))
}
