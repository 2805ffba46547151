//! `docker://HOST/NAME[:TAG][@DIGEST]`.

use std::fmt;
use std::str::FromStr;

use super::repository::Repository;
use crate::digest::{Digest, MalformedDigest};

/// What such references start with.
pub(in crate::transport) const PREFIX: &str = "docker://";
/// The longest tag, in bytes.
const MAX_TAG: usize = 128;

/// An image in a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryReference {
    /// Where it is.
    pub repository: Repository,
    /// Its tag, if one was given.
    pub tag: Option<String>,
    /// The digest of its index or manifest, if it was given.
    pub digest: Option<Digest>,
}

/// Text that is not a reference to an image in a registry.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum MalformedRegistryReference {
    #[error(
        "`{0}` lacks the host of a registry or the name of an image; write \
         `docker://HOST/NAME[:TAG][@DIGEST]`, such as `docker://ghcr.io/owner/app:1.0`"
    )]
    NoHost(String),
    #[error(
        "`{0}` names no image in a registry; write one like `docker://ghcr.io/owner/app:1.0`: a \
         host, and lower-case letters, digits, and single `.`, `_`, `-` between them"
    )]
    Repository(String),
    #[error(
        "`{text}` has the tag `{tag}`, which is none; a tag has up to 128 letters, digits, `_`, \
         `.` and `-`, and begins with none of the last two"
    )]
    Tag { text: String, tag: String },
    #[error("`{text}`: {source}")]
    Digest {
        text: String,
        source: MalformedDigest,
    },
}

impl FromStr for RegistryReference {
    type Err = MalformedRegistryReference;

    /// Parses `docker://HOST/NAME[:TAG][@DIGEST]`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix(PREFIX).unwrap_or_default();
        if rest.is_empty() || rest.starts_with(['/', ':', '@']) || rest.ends_with('/') {
            return Err(MalformedRegistryReference::NoHost(text.to_owned()));
        }
        let (rest, digest) = match rest.split_once('@') {
            Some((rest, digest)) => {
                let digest = digest.parse();
                let digest = digest.map_err(|source| MalformedRegistryReference::Digest {
                    text: text.to_owned(),
                    source,
                })?;
                (rest, Some(digest))
            }
            None => (rest, None),
        };
        let (name, tag) = match rest.rsplit_once(':') {
            // Behind the last `:` is a port where a `/` follows.
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (rest, None),
        };
        if let Some(tag) = tag
            && !is_tag(tag)
        {
            return Err(MalformedRegistryReference::Tag {
                text: text.to_owned(),
                tag: tag.to_owned(),
            });
        }
        let repository = Repository::parse(name);
        let malformed = || MalformedRegistryReference::Repository(text.to_owned());
        Ok(Self {
            repository: repository.ok_or_else(malformed)?,
            tag: tag.map(str::to_owned),
            digest,
        })
    }
}

impl fmt::Display for RegistryReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

/// Whether this is a tag (distribution-spec 1.1, "Pulling manifests").
fn is_tag(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    !text.is_empty()
        && text.len() <= MAX_TAG
        && !text.starts_with(['.', '-'])
        && text.bytes().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_has_a_tag_a_digest_both_or_none() {
        let digest = Digest::of(b"");
        for (text, shown) in [
            (
                "docker://ghcr.io/a/b".to_owned(),
                "docker://ghcr.io/a/b".to_owned(),
            ),
            (
                "docker://localhost:5000/a:v1".to_owned(),
                "docker://localhost:5000/a:v1".to_owned(),
            ),
            (
                format!("docker://a.b/c@{digest}"),
                format!("docker://a.b/c@{digest}"),
            ),
            (
                format!("docker://a.b/c:x@{digest}"),
                format!("docker://a.b/c:x@{digest}"),
            ),
            (
                "docker://alpine:3.22".to_owned(),
                "docker://docker.io/library/alpine:3.22".to_owned(),
            ),
        ] {
            let parsed: RegistryReference = text.parse().unwrap();
            assert_eq!(parsed.to_string(), shown);
        }
    }

    #[test]
    fn what_is_malformed_is_named_with_the_mend() {
        for (text, says) in [
            ("docker://", "lacks the host"),
            ("docker:///a", "lacks the host"),
            ("docker://ghcr.io/", "lacks the host"),
            ("docker://ghcr.io/A", "names no image"),
            ("docker://user:password@ghcr.io/a", "is not a digest"),
            ("docker://ghcr.io/a:-x", "has the tag `-x`"),
            ("docker://ghcr.io/a:", "has the tag ``"),
            ("docker://ghcr.io/a@sha256:12", "is not a digest"),
            ("docker://ghcr.io/a?b", "names no image"),
        ] {
            let error = text.parse::<RegistryReference>().unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
