//! Repositories of registries: a host and a name.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// The host of Docker Hub in names of images.
const DOCKER_HUB: &str = "docker.io";
/// The longest host and name together, in bytes (distribution-spec 1.1, "Pulling manifests").
const MAX_LENGTH: usize = 255;

/// A repository: `HOST[:PORT]/NAME`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repository {
    host: String,
    name: String,
}

impl Repository {
    /// Parses `HOST[:PORT]/NAME`, or the short form of Docker Hub's names: `alpine` is
    /// `docker.io/library/alpine`. `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let (host, name) = match text.split_once('/') {
            Some((host, name)) if is_host_part(host) => (host.to_ascii_lowercase(), name),
            _ => (DOCKER_HUB.to_owned(), text),
        };
        let host = match host.as_str() {
            "index.docker.io" | "registry-1.docker.io" => DOCKER_HUB.to_owned(),
            _ => host,
        };
        if !is_host(&host) || !name.split('/').all(is_component) {
            return None;
        }
        let name = if host == DOCKER_HUB && !name.contains('/') {
            format!("library/{name}")
        } else {
            name.to_owned()
        };
        Some(Self { host, name })
    }

    /// The host in lower case, with its port if it was given: `ghcr.io`, `localhost:5000`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The name within the registry: `library/alpine`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The host that answers requests, which is another one for Docker Hub.
    #[must_use]
    pub fn api_host(&self) -> &str {
        match self.host.as_str() {
            DOCKER_HUB => "registry-1.docker.io",
            host => host,
        }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.name)
    }
}

/// Whether a host, with its port if it has one, is this machine: `localhost`, 127.0.0.0/8, `::1`.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let name = without_port(host);
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Whether what stands before the first `/` is a host and not a part of the name.
fn is_host_part(text: &str) -> bool {
    text.contains(['.', ':']) || text == "localhost"
}

/// Whether this is a domain name, an IPv4 address or an IPv6 address in brackets, with or
/// without a port.
pub fn is_host(text: &str) -> bool {
    let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => {
            if address.parse::<Ipv6Addr>().is_err() {
                return false;
            }
            (
                "v6",
                port.strip_prefix(':').or((!port.is_empty()).then_some("")),
            )
        }
        None => match text.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (text, None),
        },
    };
    let is_label = |label: &str| {
        let edge = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        edge(label.bytes().next())
            && edge(label.bytes().last())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_port = |port: &str| {
        port.bytes().all(|byte| byte.is_ascii_digit())
            && port.parse::<u16>().is_ok_and(|port| port != 0)
    };
    name.split('.').all(is_label) && port.is_none_or(is_port)
}

/// Whether this is a component of a name (distribution-spec 1.1, "Pulling manifests"):
/// lower-case letters and digits, with `.`, `_`, `__` or any number of `-` between them.
fn is_component(part: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    part.starts_with(alphanumeric)
        && part.ends_with(alphanumeric)
        && part
            .split(alphanumeric)
            .filter(|between| !between.is_empty())
            .all(|between| {
                matches!(between, "." | "_" | "__") || between.bytes().all(|byte| byte == b'-')
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_a_host_and_a_name() {
        for (text, host, name) in [
            ("ghcr.io/a/b", "ghcr.io", "a/b"),
            ("localhost/x", "localhost", "x"),
            ("127.0.0.1:5000/x/y", "127.0.0.1:5000", "x/y"),
            ("[::1]:5000/x", "[::1]:5000", "x"),
            ("Registry.Example:443/x", "registry.example:443", "x"),
            ("alpine", "docker.io", "library/alpine"),
            ("me/app", "docker.io", "me/app"),
            ("docker.io/alpine", "docker.io", "library/alpine"),
            ("index.docker.io/me/app", "docker.io", "me/app"),
            ("a.b/c__d/e---f/g.h_i", "a.b", "c__d/e---f/g.h_i"),
        ] {
            let found = Repository::parse(text).expect(text);
            assert_eq!((found.host(), found.name()), (host, name), "{text}");
        }
    }

    #[test]
    fn what_the_grammar_lacks_is_no_repository() {
        let long = format!("a.b/{}", "x".repeat(252));
        for text in [
            "",
            "/",
            "a.b/",
            "/a",
            "a.b//c",
            "a.b/C",
            "a.b/c.",
            "a.b/-c",
            "a.b/c___d",
            "a.b/c..d",
            "a.b:x/c",
            "a.b:0/c",
            "a.b:99999/c",
            "a.b:/c",
            "-a.b/c",
            "user@a.b/c",
            "a.b/c?d",
            "a.b/c#d",
            "a.b/c d",
            "[::1/c",
            "[::x]/c",
            "[::1]x/c",
            "a..b/c",
            "https://a.b/c",
            "a.b/../c",
            &long,
        ] {
            assert_eq!(Repository::parse(text), None, "{text}");
        }
    }

    #[test]
    fn this_machine_has_several_names() {
        for host in [
            "localhost",
            "LOCALHOST:5000",
            "127.0.0.1",
            "127.9.9.9:1",
            "[::1]:5000",
            "[::1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "localhost.example",
            "128.0.0.1",
            "10.0.0.1:5000",
            "ghcr.io",
            "[::2]:1",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
