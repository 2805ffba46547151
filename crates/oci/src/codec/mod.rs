//! gzip and zstd: parallel compression with bytes that depend on the content alone, and
//! decompression that is bounded.

mod compress;
mod decompress;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::media_type;

pub use compress::{PIECE, compress};
pub use decompress::{DecompressError, Decompressed, limit_for};

/// How a layer is compressed.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// gzip (RFC 1952): every reader takes it.
    #[default]
    Gzip,
    /// zstd (RFC 8878): about as small and twice as quick, for readers of OCI image-spec 1.1
    /// and later.
    Zstd,
}

/// Text that is not the name of a compression.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a compression; use `gzip` or `zstd`")]
pub struct UnknownCompression(pub String);

/// A compression that layers are not read with, by its name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("it is compressed with {0}; compress it with gzip or zstd")]
pub struct UnsupportedCompression(pub &'static str);

impl Compression {
    /// Every compression that layers are written with.
    pub const ALL: [Self; 2] = [Self::Gzip, Self::Zstd];

    /// The name that options and documents use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// The media type of a layer that is compressed so.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Gzip => media_type::LAYER_GZIP,
            Self::Zstd => media_type::LAYER_ZSTD,
        }
    }

    /// Names the codec and all that its bytes depend on: where this is equal and the tar is
    /// equal, the blob is equal. A part of cache keys.
    #[must_use]
    pub fn recipe(self) -> String {
        match self {
            Self::Gzip => "gzip-libdeflate-1.26.1-level-6-piece-1MiB".to_owned(),
            Self::Zstd => format!("zstd-{}-level-4-piece-1MiB", zstd_version()),
        }
    }

    /// The compression of a stream that starts with these bytes, of which six are enough;
    /// `None` if it is not compressed as far as is known.
    ///
    /// # Errors
    /// It is compressed with something else.
    pub fn detect(start: &[u8]) -> Result<Option<Self>, UnsupportedCompression> {
        match start {
            [0x1f, 0x8b, ..] => Ok(Some(Self::Gzip)),
            // A frame, or a skippable frame (RFC 8878, section 3.1.2).
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                Ok(Some(Self::Zstd))
            }
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Err(UnsupportedCompression("xz")),
            [b'B', b'Z', b'h', ..] => Err(UnsupportedCompression("bzip2")),
            _ => Ok(None),
        }
    }
}

/// The version of the library that is linked, which a variable of the build can replace by that
/// of the system.
#[cfg(feature = "zstd")]
fn zstd_version() -> &'static str {
    zstd::zstd_safe::version_string()
}

#[cfg(not(feature = "zstd"))]
fn zstd_version() -> &'static str {
    "none"
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Compression {
    type Err = UnknownCompression;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|compression| compression.name() == text)
            .ok_or_else(|| UnknownCompression(text.to_owned()))
    }
}
