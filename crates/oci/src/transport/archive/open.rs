//! Opens archives, which may be compressed.

use std::io::{Read, Seek};

use camino::Utf8Path;

use super::index::ArchiveIndex;
use crate::codec::{Compression, Decompressed, limit_for};
use crate::copy::copy;
use crate::transport::error::ReadErrorKind;
use crate::transport::host::Host;
use crate::transport::regular_file::open_regular;

/// The files of an archive. One that is compressed is decompressed into a temporary file.
pub(in crate::transport) fn open(
    path: &Utf8Path,
    host: &Host,
) -> Result<ArchiveIndex, ReadErrorKind> {
    let mut file = open_regular(path, host.links)?;
    let unreadable = |error| ReadErrorKind::unreadable(path, error);
    let mut start = Vec::new();
    (&mut file)
        .take(6)
        .read_to_end(&mut start)
        .map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    if Compression::detect(&start) == Ok(None) {
        return ArchiveIndex::new(file, path, &host.cancellation);
    }
    let limit = limit_for(file.metadata().map_err(unreadable)?.len());
    let broken = |source| ReadErrorKind::Decompress {
        path: path.to_owned(),
        source,
    };
    let mut plain = host
        .temporary_file()
        .map_err(|source| ReadErrorKind::Temporary {
            folder: host.temporary.clone(),
            source,
        })?;
    let decompressed = Decompressed::new(file, limit).map_err(broken)?;
    let copied = copy(&mut host.cancellation.reader(decompressed), &mut plain);
    host.cancellation.check()?;
    copied.map_err(broken)?;
    plain.rewind().map_err(broken)?;
    ArchiveIndex::new(plain, path, &host.cancellation)
}
