//! Messages on stdin, one to a line, and the protocol's error for what is none
//! (JSON-RPC 2.0, "Error object").

use std::fmt;
use std::io::{self, BufRead};

use rmcp::model::ErrorData;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// The longest message that is taken, in bytes.
const MAX_MESSAGE: usize = 1 << 20;
/// The most keys and values that a message may have: in memory each takes some hundred
/// times the two bytes that it can be written with.
const MAX_VALUES: usize = 1 << 14;
/// What a JSON parser may pass over (RFC 8259, section 8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A line that was read.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    /// JSON, with the line's end; whether it is a request, the SDK says.
    Json(Vec<u8>),
    /// What the client is told of a line that no request can be read of.
    Refused(ErrorData),
}

/// The next line that is not blank; nothing at the end, also if that cuts a line off.
/// Holds 1 MiB at most.
///
/// # Errors
/// The input cannot be read.
pub(super) fn read_line(input: &mut impl BufRead) -> io::Result<Option<Line>> {
    loop {
        let line = match read_bounded(input)? {
            Some(Line::Json(line)) => line,
            refused_or_end => return Ok(refused_or_end),
        };
        let text = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line);
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        return Ok(Some(match check(text) {
            Ok(()) => Line::Json(line),
            Err(error) if error.is_data() => {
                let refused = format!("Invalid request: {error}");
                Line::Refused(ErrorData::invalid_request(refused, None))
            }
            Err(error) => {
                let refused = format!("Parse error: {error}");
                Line::Refused(ErrorData::parse_error(refused, None))
            }
        }));
    }
}

/// The next line, whatever is in it, unless it is longer than is taken.
fn read_bounded(input: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    let mut too_long = false;
    loop {
        let available = match input.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if available.is_empty() {
            return Ok(None);
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(available.len(), |end| end + 1);
        if line.len() + taken > MAX_MESSAGE {
            too_long = true;
            line = Vec::new();
        }
        if !too_long {
            line.extend_from_slice(&available[..taken]);
        }
        input.consume(taken);
        if end.is_some() {
            return Ok(Some(if too_long {
                let limit = MAX_MESSAGE >> 20;
                let refused = format!("Invalid request: a message has {limit} MiB at most");
                Line::Refused(ErrorData::invalid_request(refused, None))
            } else {
                Line::Json(line)
            }));
        }
    }
}

/// Whether a text is JSON, no deeper than the SDK's parser goes and of no more values
/// than memory has room for; keeps none of them.
fn check(text: &[u8]) -> serde_json::Result<()> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    Counting(&mut 0).deserialize(&mut deserializer)?;
    deserializer.end()
}

/// Counts keys and values.
struct Counting<'a>(&'a mut usize);

impl<'de> DeserializeSeed<'de> for Counting<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self.0 += 1;
        if *self.0 > MAX_VALUES {
            let refused = format!("a message has {MAX_VALUES} keys and values at most");
            return Err(D::Error::custom(refused));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counting<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
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

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        while values.next_element_seed(Counting(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while entries.next_key_seed(Counting(self.0))?.is_some() {
            entries.next_value_seed(Counting(self.0))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use rmcp::model::ErrorCode;

    use super::*;

    #[test]
    fn what_is_no_message_is_refused_and_reading_goes_on() {
        let mut text = b"{\"a\":1}\n\n  \r\nno JSON\n".to_vec();
        text.extend(vec![b'x'; MAX_MESSAGE + 1]);
        text.extend(b"\n\"\xff\"\n");
        // Deeper than a parser's stack may go.
        text.extend(b"[".repeat(1000));
        text.extend(b"]".repeat(1000));
        text.extend(format!("\n[{}0]\n{{\"c\":3}} 4", "0,".repeat(MAX_VALUES)).into_bytes());
        text.extend(b"\n\xEF\xBB\xBF{\"b\":2}\r\ncut off");
        let mut input = BufReader::with_capacity(100, text.as_slice());
        let mut next = || match read_line(&mut input).unwrap()? {
            Line::Json(line) => Some(Ok(String::from_utf8(line).unwrap())),
            Line::Refused(error) => Some(Err(error.code)),
        };
        assert_eq!(next(), Some(Ok("{\"a\":1}\n".to_owned())));
        assert_eq!(next(), Some(Err(ErrorCode::PARSE_ERROR)));
        assert_eq!(next(), Some(Err(ErrorCode::INVALID_REQUEST)));
        assert_eq!(next(), Some(Err(ErrorCode::PARSE_ERROR)));
        assert_eq!(next(), Some(Err(ErrorCode::PARSE_ERROR)));
        assert_eq!(next(), Some(Err(ErrorCode::INVALID_REQUEST)));
        assert_eq!(next(), Some(Err(ErrorCode::PARSE_ERROR)));
        assert_eq!(next(), Some(Ok("\u{feff}{\"b\":2}\r\n".to_owned())));
        assert_eq!(next(), None);
    }
}
