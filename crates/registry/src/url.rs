//! Addresses of requests: absolute `http` and `https` URLs, and what a `Location` makes of one.

use std::fmt;

use ureq::http::Uri;

/// An absolute URL. `Display` leaves out its query, which may hold signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    scheme: Scheme,
    /// Host and port, in lower case.
    authority: String,
    /// Starts with `/`.
    path_and_query: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl Url {
    /// The URL of a path, which starts with `/`, at this host.
    pub(crate) fn new(scheme: Scheme, host: &str, path: &str) -> Self {
        Self {
            scheme,
            authority: host.to_ascii_lowercase(),
            path_and_query: path.to_owned(),
        }
    }

    /// Parses an absolute URL without user and password.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let scheme = match uri.scheme_str()? {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return None,
        };
        let authority = uri.authority()?.as_str();
        if authority.contains('@') || uri.host()?.is_empty() {
            return None;
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Some(Self::new(scheme, authority, path))
    }

    /// What a `Location` in the answer to this URL leads to: an absolute URL, or a path at the
    /// same host (RFC 9110, section 10.2.2).
    pub(crate) fn join(&self, location: &str) -> Option<Self> {
        let text = if location.starts_with("//") {
            format!("{}:{location}", self.scheme.name())
        } else if location.starts_with('/') {
            format!("{}://{}{location}", self.scheme.name(), self.authority)
        } else if location.contains("://") {
            location.to_owned()
        } else {
            let path = self.path_and_query.split('?').next().unwrap_or("/");
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            format!(
                "{}://{}{folder}/{location}",
                self.scheme.name(),
                self.authority
            )
        };
        Self::parse(&text)
    }

    /// With `name=value` behind its query; the value is encoded.
    pub(crate) fn with_query(&self, name: &str, value: &str) -> Self {
        let separator = if self.path_and_query.contains('?') {
            '&'
        } else {
            '?'
        };
        let mut path_and_query = format!("{}{separator}{name}=", self.path_and_query);
        encode(value, &mut path_and_query);
        Self {
            path_and_query,
            ..self.clone()
        }
    }

    pub(crate) fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Host and port, as they were given.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// Whether scheme, host and port are those of another URL.
    pub(crate) fn has_origin_of(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.host_and_port() == other.host_and_port()
    }

    fn host_and_port(&self) -> (&str, u16) {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (
                host,
                port.parse().unwrap_or_else(|_| self.scheme.default_port()),
            ),
            _ => (&self.authority, self.scheme.default_port()),
        }
    }

    /// The whole URL, for who sends the request.
    pub(crate) fn to_request(&self) -> String {
        format!(
            "{}://{}{}",
            self.scheme.name(),
            self.authority,
            self.path_and_query
        )
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path_and_query.split('?').next().unwrap_or("/");
        write!(f, "{}://{}{path}", self.scheme.name(), self.authority)
    }
}

/// Appends a value of a query or a form: all but unreserved characters are encoded (RFC 3986,
/// section 2.3).
pub(crate) fn encode(value: &str, out: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect(text)
    }

    #[test]
    fn a_location_is_absolute_or_a_path() {
        let base = url("https://a.b/v2/x/blobs/uploads/?mount=1");
        for (location, leads_to) in [
            ("https://c.d/e?f=g", "https://c.d/e?f=g"),
            ("/v2/x?_state=y", "https://a.b/v2/x?_state=y"),
            ("//c.d/e", "https://c.d/e"),
            ("1234", "https://a.b/v2/x/blobs/uploads/1234"),
        ] {
            assert_eq!(base.join(location).unwrap().to_request(), leads_to);
        }
        for location in ["ftp://a.b/c", "https://user@a.b/c", "https:///c", "/a b"] {
            assert_eq!(base.join(location), None, "{location}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let base = url("https://a.b/x");
        assert!(base.has_origin_of(&url("https://A.b:443/y")));
        for other in ["http://a.b/x", "https://a.b:444/x", "https://a.c/x"] {
            assert!(!base.has_origin_of(&url(other)), "{other}");
        }
        assert!(url("https://[::1]/x").has_origin_of(&url("https://[::1]:443/")));
    }

    #[test]
    fn a_query_is_sent_and_not_shown() {
        let signed = url("https://a.b/x?signature=y").with_query("digest", "sha256:1 2");
        assert_eq!(
            signed.to_request(),
            "https://a.b/x?signature=y&digest=sha256%3A1%202"
        );
        assert_eq!(signed.to_string(), "https://a.b/x");
    }
}
