//! References to images, with the transports of `containers-transports(5)`.

use std::fmt;
use std::str::FromStr;

use camino::Utf8PathBuf;
use serde::{Serialize, Serializer};

use super::registry::reference::{MalformedRegistryReference, PREFIX, RegistryReference};
use crate::digest::Digest;

/// Where an image is read from or written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// `oci:DIR[:TAG]`: an image layout in a folder.
    Oci {
        /// The layout's folder.
        path: Utf8PathBuf,
        /// The entry, by its `org.opencontainers.image.ref.name`.
        tag: Option<String>,
    },
    /// `oci-archive:FILE[:TAG]`: an image layout in a tar.
    OciArchive {
        /// The tar.
        path: Utf8PathBuf,
        /// The entry, by its `org.opencontainers.image.ref.name`.
        tag: Option<String>,
    },
    /// `docker-archive:FILE[:NAME:TAG]`: what `docker save` writes and `docker load` reads.
    DockerArchive {
        /// The tar.
        path: Utf8PathBuf,
        /// The image's `name:tag`.
        name: Option<String>,
    },
    /// `docker-daemon:NAME:TAG`: the images of the local daemon.
    DockerDaemon {
        /// The image's `name:tag`.
        name: String,
    },
    /// `docker://HOST/NAME[:TAG][@DIGEST]`: an image in a registry.
    Registry(RegistryReference),
}

/// Text that is not a reference.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum MalformedReference {
    #[error(
        "`{text}` names no transport; write `oci:DIR[:TAG]`, `oci-archive:FILE[:TAG]`, \
         `docker-archive:FILE[:NAME:TAG]`, `docker-daemon:NAME:TAG` or \
         `docker://HOST/NAME[:TAG]`"
    )]
    NoTransport { text: String },
    #[error("`{text}` lacks a path after `{transport}:`")]
    NoPath {
        text: String,
        transport: &'static str,
    },
    #[error("`{text}` lacks a tag; write `docker-daemon:NAME:TAG`")]
    NoTag { text: String },
    #[error(transparent)]
    Registry(#[from] MalformedRegistryReference),
}

impl Reference {
    /// The image by its digest: `oci:DIR@sha256:…`.
    #[must_use]
    pub fn pinned(&self, digest: Digest) -> String {
        match self {
            Self::Oci { path, .. } => format!("oci:{path}@{digest}"),
            Self::OciArchive { path, .. } => format!("oci-archive:{path}@{digest}"),
            Self::DockerArchive { path, .. } => format!("docker-archive:{path}@{digest}"),
            Self::DockerDaemon { name } => format!("docker-daemon:{name}@{digest}"),
            Self::Registry(image) => format!("{PREFIX}{}@{digest}", image.repository),
        }
    }
}

impl FromStr for Reference {
    type Err = MalformedReference;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with(PREFIX) {
            return Ok(Self::Registry(text.parse()?));
        }
        let no_transport = || MalformedReference::NoTransport {
            text: text.to_owned(),
        };
        let (transport, rest) = text.split_once(':').ok_or_else(no_transport)?;
        let path_and = |transport: &'static str| {
            let (path, suffix) = match rest.split_once(':') {
                Some((path, suffix)) if !suffix.is_empty() => (path, Some(suffix.to_owned())),
                Some((path, _)) => (path, None),
                None => (rest, None),
            };
            if path.is_empty() {
                return Err(MalformedReference::NoPath {
                    text: text.to_owned(),
                    transport,
                });
            }
            Ok((Utf8PathBuf::from(path), suffix))
        };
        match transport {
            "oci" => path_and("oci").map(|(path, tag)| Self::Oci { path, tag }),
            "oci-archive" => {
                path_and("oci-archive").map(|(path, tag)| Self::OciArchive { path, tag })
            }
            "docker-archive" => {
                path_and("docker-archive").map(|(path, name)| Self::DockerArchive { path, name })
            }
            "docker-daemon" => match rest.rsplit_once(':') {
                Some((name, tag)) if !name.is_empty() && !tag.is_empty() && !tag.contains('/') => {
                    Ok(Self::DockerDaemon {
                        name: rest.to_owned(),
                    })
                }
                _ => Err(MalformedReference::NoTag {
                    text: text.to_owned(),
                }),
            },
            _ => Err(no_transport()),
        }
    }
}

/// A reference, and the digest that the image must have: `oci:DIR@sha256:…`.
///
/// `build`, `pack` and `index` print one, so their results can be read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedReference {
    /// Where the image is.
    pub reference: Reference,
    /// The digest of its index or manifest, or of its config in Docker's transports.
    pub digest: Option<Digest>,
}

impl FromStr for PinnedReference {
    type Err = MalformedReference;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with(PREFIX) {
            let image: RegistryReference = text.parse()?;
            return Ok(Self {
                digest: image.digest,
                reference: Reference::Registry(image),
            });
        }
        let pinned = text.rsplit_once('@').and_then(|(reference, digest)| {
            let digest: Digest = digest.parse().ok()?;
            Some((reference, digest))
        });
        let (reference, digest) = match pinned {
            Some((reference, digest)) => (reference, Some(digest)),
            None => (text, None),
        };
        Ok(Self {
            reference: reference.parse()?,
            digest,
        })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (transport, path, suffix) = match self {
            Self::Oci { path, tag } => ("oci", path, tag),
            Self::OciArchive { path, tag } => ("oci-archive", path, tag),
            Self::DockerArchive { path, name } => ("docker-archive", path, name),
            Self::DockerDaemon { name } => return write!(f, "docker-daemon:{name}"),
            Self::Registry(image) => return fmt::Display::fmt(image, f),
        };
        write!(f, "{transport}:{path}")?;
        suffix
            .as_ref()
            .map_or(Ok(()), |suffix| write!(f, ":{suffix}"))
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A name with its tag as Docker shows it: `docker.io/library/x` is `x:latest`.
pub(super) fn familiar_name(name: &str) -> String {
    let short = name.strip_prefix("docker.io/").unwrap_or(name);
    let short = match short.strip_prefix("library/") {
        Some(shorter) if !shorter.contains('/') => shorter,
        _ => short,
    };
    let last = short.rsplit_once('/').map_or(short, |(_, last)| last);
    if last.contains(':') {
        short.to_owned()
    } else {
        format!("{short}:latest")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_written_as_it_was_read() {
        for text in [
            "oci:dir",
            "oci:dir:tag",
            "oci-archive:a/b.tar:v1",
            "docker-archive:x.tar:name:tag",
            "docker-daemon:ghcr.io/a/b:c",
            "docker://ghcr.io/a/b:c",
        ] {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_digest_behind_a_reference_pins_it() {
        let digest = Digest::of(b"");
        let pinned: PinnedReference = format!("oci:dir@{digest}").parse().unwrap();
        assert_eq!(pinned.digest, Some(digest));
        assert_eq!(pinned.reference.to_string(), "oci:dir");
        let plain: PinnedReference = "oci:a@b:tag".parse().unwrap();
        assert_eq!(
            (plain.digest, plain.reference.to_string().as_str()),
            (None, "oci:a@b:tag")
        );
    }

    #[test]
    fn what_names_no_image_is_told_how_to() {
        for (text, says) in [
            ("dir", "`dir` names no transport"),
            ("docker:name", "`docker:name` names no transport"),
            ("docker://", "`docker://` lacks the host"),
            ("oci:", "`oci:` lacks a path"),
            ("docker-daemon:name", "`docker-daemon:name` lacks a tag"),
        ] {
            let error = text.parse::<Reference>().unwrap_err().to_string();
            assert!(error.starts_with(says), "{error}");
        }
    }

    #[test]
    fn names_are_shown_as_docker_shows_them() {
        for (name, shown) in [
            ("x", "x:latest"),
            ("x:1", "x:1"),
            ("docker.io/library/x:1", "x:1"),
            ("docker.io/me/x", "me/x:latest"),
            ("library/x/y", "library/x/y:latest"),
            ("host:5000/x", "host:5000/x:latest"),
        ] {
            assert_eq!(familiar_name(name), shown);
        }
    }
}
