//! Names of folders in the cache, for what is made once.

use std::collections::BTreeMap;

use muslin_oci::digest::Digest;

/// A folder's name that is another wherever one of these parts is another.
pub(crate) fn key_of(parts: &BTreeMap<&str, String>) -> String {
    let mut hex = Digest::of(&serde_json::to_vec(parts).expect("text keys alone")).hex();
    hex.truncate(20);
    hex
}
