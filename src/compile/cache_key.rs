//! Cache keys: names of cache folders that depend on what their contents depend on.

use std::collections::BTreeMap;

use muslin_oci::digest::Digest;

/// The cache key of these inputs: the first 20 hex digits of the SHA-256 of their JSON.
pub(crate) fn cache_key(inputs: &BTreeMap<&str, String>) -> String {
    let json = serde_json::to_vec(inputs).expect("a map of strings is JSON");
    let mut hex = Digest::of(&json).hex();
    hex.truncate(20);
    hex
}
