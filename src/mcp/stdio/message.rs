//! Reads messages, one to a line, and checks that they are JSON (JSON-RPC 2.0, "Error
//! object").

use std::io::{self, BufRead};

use muslin_oci::json::{self, Limits};
use rmcp::model::ErrorData;

/// The longest message, in bytes.
const MAX_MESSAGE: usize = 1 << 20;
/// What a message may hold. A value that is written with two bytes takes hundreds in memory.
const LIMITS: Limits = Limits {
    duplicate_keys: true,
    max_values: 1 << 14,
};
/// A JSON parser may ignore it (RFC 8259, section 8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A line of input.
#[derive(Debug, PartialEq)]
pub(super) enum Message {
    /// JSON with the end of its line, which may be a request.
    Json(Vec<u8>),
    /// The error that answers a line that is too long, too large or not JSON.
    Invalid(ErrorData),
}

/// Reads the next line that is not blank; `None` at the end of input, even within a line.
/// Keeps at most 1 MiB of it.
///
/// # Errors
/// The input cannot be read.
pub(super) fn read_message(input: &mut impl BufRead) -> io::Result<Option<Message>> {
    loop {
        let line = match read_bounded(input)? {
            Some(Message::Json(line)) => line,
            refused_or_end => return Ok(refused_or_end),
        };
        let text = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line);
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        return Ok(Some(match json::check(text, LIMITS) {
            Ok(()) => Message::Json(line),
            Err(error) if error.is_data() => {
                let refused = format!("Invalid request: {error}");
                Message::Invalid(ErrorData::invalid_request(refused, None))
            }
            Err(error) => {
                let refused = format!("Parse error: {error}");
                Message::Invalid(ErrorData::parse_error(refused, None))
            }
        }));
    }
}

/// Reads the next line; one that is too long is passed over and [`Message::Invalid`].
fn read_bounded(input: &mut impl BufRead) -> io::Result<Option<Message>> {
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
                Message::Invalid(ErrorData::invalid_request(refused, None))
            } else {
                Message::Json(line)
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use rmcp::model::ErrorCode;

    use super::*;

    #[test]
    fn invalid_messages_are_refused_and_reading_goes_on() {
        let mut text = b"{\"a\":1}\n\n  \r\nno JSON\n".to_vec();
        text.extend(vec![b'x'; MAX_MESSAGE + 1]);
        text.extend(b"\n\"\xff\"\n");
        // Deeper than a parser's stack may go.
        text.extend(b"[".repeat(1000));
        text.extend(b"]".repeat(1000));
        text.extend(format!("\n[{}0]\n{{\"c\":3}} 4", "0,".repeat(LIMITS.max_values)).into_bytes());
        text.extend(b"\n\xEF\xBB\xBF{\"b\":2}\r\ncut off");
        let mut input = BufReader::with_capacity(100, text.as_slice());
        let mut next = || match read_message(&mut input).unwrap()? {
            Message::Json(line) => Some(Ok(String::from_utf8(line).unwrap())),
            Message::Invalid(error) => Some(Err(error.code)),
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
