//! JSON documents of any origin, bounded, and refused where an object has a key twice.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::io::Read;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::error::ReadErrorKind;

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
    let parsed = parse(&bytes).map_err(|source| ReadErrorKind::Malformed {
        document: format!("`{name}`"),
        source,
    })?;
    Ok((bytes, parsed))
}

/// Parses a document. One in which an object has a key twice is refused, because two
/// readers could see two different documents in it.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice::<UniqueKeys>(bytes)?;
    serde_json::from_slice(bytes)
}

/// Any value whose objects have each key once; its content is not kept.
struct UniqueKeys;

impl<'de> Deserialize<'de> for UniqueKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for UniqueKeys {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Self, A::Error> {
        while values.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Self, A::Error> {
        // Hashes, because a document of 4 MiB may have half a million keys. If ever two keys
        // share one, the document is refused.
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let mut seen = HashSet::new();
        while let Some(key) = pairs.next_key::<String>()? {
            if !seen.insert(hasher.hash_one(&key)) {
                return Err(A::Error::custom(format!("the key `{key}` is there twice")));
            }
            pairs.next_value::<Self>()?;
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn any_document_is_parsed() {
        let text = r#"{"a": [1, -2, 3.5, "x", true, null, {"a": {}}], "b": 1e300}"#;
        let value: Value = parse(text.as_bytes()).unwrap();
        assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn a_key_twice_is_an_error_that_names_it() {
        let error = parse::<Value>(br#"[{"a": 1, "b": {"c": 1, "c": 1}}]"#).unwrap_err();
        assert!(
            error.to_string().contains("the key `c` is there twice"),
            "{error}"
        );
    }

    #[test]
    fn nesting_has_an_end() {
        assert!(parse::<Value>("[".repeat(100_000).as_bytes()).is_err());
    }
}
