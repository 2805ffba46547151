//! Checks JSON of any origin before it is parsed: no key twice, not too many values.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};

/// What a JSON text may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Whether an object may have a key twice. Two readers can see two different documents
    /// in one that has.
    pub duplicate_keys: bool,
    /// The most keys and values together, nested ones included.
    pub max_values: usize,
}

/// Checks a JSON text (RFC 8259) without keeping its values.
///
/// # Errors
/// The text is not JSON, is nested deeper than `serde_json` parses, or exceeds `limits`.
/// Only for the last, [`serde_json::Error::is_data`] is true.
pub fn check(text: &[u8], limits: Limits) -> serde_json::Result<()> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let mut values = 0;
    let check = Check {
        limits,
        values: &mut values,
    };
    check.deserialize(&mut deserializer)?;
    deserializer.end()
}

/// Parses a document whose objects have each key once.
///
/// # Errors
/// The text is not JSON, has a key twice, or is not a `T`.
pub fn parse<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    let limits = Limits {
        duplicate_keys: false,
        max_values: usize::MAX,
    };
    check(text, limits)?;
    serde_json::from_slice(text)
}

/// Walks through one value and all below it.
struct Check<'a> {
    limits: Limits,
    values: &'a mut usize,
}

impl Check<'_> {
    /// The check of a value below this one.
    fn nested(&mut self) -> Check<'_> {
        Check {
            limits: self.limits,
            values: self.values,
        }
    }

    fn count<E: Error>(&mut self) -> Result<(), E> {
        *self.values += 1;
        if *self.values > self.limits.max_values {
            let most = self.limits.max_values;
            return Err(E::custom(format!(
                "it has more than {most} keys and values"
            )));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Check<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<(), D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Check<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut values: A) -> Result<(), A::Error> {
        while values.next_element_seed(self.nested())?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        // Hashes, because a document of 4 MiB may have half a million keys. If ever two keys
        // share one, the document is refused.
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let mut seen = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            self.count()?;
            if !self.limits.duplicate_keys && !seen.insert(hasher.hash_one(&key)) {
                return Err(A::Error::custom(format!("the key `{key}` is there twice")));
            }
            entries.next_value_seed(self.nested())?;
        }
        Ok(())
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

    #[test]
    fn keys_and_values_are_counted_at_every_depth() {
        let limits = |max_values| Limits {
            duplicate_keys: true,
            max_values,
        };
        // Two arrays, one object, two keys and three numbers.
        let text = br#"[{"a": 1, "a": [2]}, 3]"#;
        assert!(check(text, limits(8)).is_ok());
        let error = check(text, limits(7)).unwrap_err();
        assert!(
            error.is_data() && error.to_string().contains("more than 7 keys and values"),
            "{error}"
        );
    }
}
