//! Small JSON documents of files: bounded, and with unique keys.

use std::io::Read;

use serde::de::DeserializeOwned;

use super::error::ReadErrorKind;
use crate::json;

/// The largest JSON document that is read, in bytes: what registries take, too.
pub const MAX_DOCUMENT: u64 = 4 << 20;
/// The largest config that is read, in bytes: its short texts want many times their size
/// in memory.
pub(super) const MAX_CONFIG: u64 = 2 << 20;

/// Parses a small document of a file that has no descriptor, such as `index.json`; gives
/// its bytes, too.
pub(super) fn read_document<T: DeserializeOwned>(
    reader: impl Read,
    name: &str,
) -> Result<(Vec<u8>, T), ReadErrorKind> {
    let mut bytes = Vec::new();
    let read = reader.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes);
    read.map_err(|error| ReadErrorKind::unreadable(name, error))?;
    if bytes.len() as u64 > MAX_DOCUMENT {
        return Err(ReadErrorKind::DocumentTooLarge {
            document: format!("`{name}`"),
            size: bytes.len() as u64,
            limit: MAX_DOCUMENT,
        });
    }
    let parsed = json::parse(&bytes).map_err(|source| ReadErrorKind::Malformed {
        document: format!("`{name}`"),
        source,
    })?;
    Ok((bytes, parsed))
}
