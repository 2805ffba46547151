//! Answers of registries, and what they say of errors.

use std::io::Read;
use std::time::{Duration, SystemTime};

use ureq::Body;
use ureq::http::{HeaderMap, Response};

use crate::tries::retry_after;

/// The most that is read of an answer that is an error, in bytes.
const MAX_ERROR: u64 = 64 << 10;
/// The most characters of an error of a registry that are shown.
const MAX_SAID: usize = 200;

/// An answer. Of one that is an error, the content was read.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    body: Body,
    error: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(response: Response<Body>) -> Self {
        let (parts, mut body) = response.into_parts();
        let status = parts.status.as_u16();
        let mut error = Vec::new();
        if status >= 400 {
            // What cannot be read of it is not needed.
            let _ = body.as_reader().take(MAX_ERROR).read_to_end(&mut error);
        }
        Self {
            status,
            headers: parts.headers,
            body,
            error,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn headers<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let all = self.headers.get_all(name).into_iter();
        all.filter_map(|value| value.to_str().ok())
    }

    /// The media type of the content, without parameters.
    pub(crate) fn content_type(&self) -> Option<&str> {
        let value = self.header("content-type")?;
        Some(value.split(';').next().unwrap_or(value).trim())
    }

    pub(crate) fn content_length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }

    /// Whether a later try may succeed.
    pub(crate) fn is_busy(&self) -> bool {
        match self.status {
            408 | 429 | 500 | 502..=504 | 520..=599 => true,
            // GitHub's answer to many requests at once.
            403 => {
                let text = String::from_utf8_lossy(&self.error).to_ascii_lowercase();
                text.contains("secondary rate limit")
            }
            _ => false,
        }
    }

    /// The wait that it asks for.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        retry_after(self.header("retry-after")?, SystemTime::now())
    }

    /// The content of an answer that is no error.
    pub(crate) fn into_reader(self) -> impl Read + Send + use<> {
        self.body.into_reader()
    }

    /// What the registry says of an error: ` (its message)`, or nothing (distribution-spec 1.1,
    /// "Error Codes"). Control characters are left out, because a terminal would obey them.
    pub(crate) fn said(&self) -> String {
        #[derive(serde::Deserialize)]
        struct Errors {
            errors: Vec<One>,
        }
        #[derive(serde::Deserialize)]
        struct One {
            #[serde(default)]
            code: String,
            #[serde(default)]
            message: String,
        }
        let Ok(parsed) = serde_json::from_slice::<Errors>(&self.error) else {
            return String::new();
        };
        let Some(first) = parsed.errors.into_iter().next() else {
            return String::new();
        };
        let text = if first.message.is_empty() {
            first.code
        } else {
            first.message
        };
        let shown: String = text
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_SAID)
            .collect();
        if shown.is_empty() {
            String::new()
        } else {
            format!(" ({shown})")
        }
    }
}
