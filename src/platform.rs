//! The platforms that images are built for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A platform that images are built for: an operating system and an architecture as OCI
/// names them.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[schemars(rename = "Platform")]
pub enum TargetPlatform {
    /// `linux/amd64`
    #[serde(rename = "linux/amd64")]
    LinuxAmd64,
    /// `linux/arm64`
    #[serde(rename = "linux/arm64")]
    LinuxArm64,
}

/// Text that does not name a platform that muslin builds for.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a platform that muslin builds for; use `linux/amd64` or `linux/arm64`")]
pub struct UnknownPlatform(pub String);

impl TargetPlatform {
    /// Every platform, in the order in which an index lists them.
    pub const ALL: [Self; 2] = [Self::LinuxAmd64, Self::LinuxArm64];

    /// The operating system, as in the `os` field of a config (a Go `GOOS`).
    #[must_use]
    pub fn os(self) -> &'static str {
        "linux"
    }

    /// The architecture, as in the `architecture` field of a config (a Go `GOARCH`).
    #[must_use]
    pub fn architecture(self) -> &'static str {
        match self {
            Self::LinuxAmd64 => "amd64",
            Self::LinuxArm64 => "arm64",
        }
    }
}

impl From<TargetPlatform> for muslin_oci::platform::Platform {
    fn from(platform: TargetPlatform) -> Self {
        Self::new(platform.os(), platform.architecture())
    }
}

impl fmt::Display for TargetPlatform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os(), self.architecture())
    }
}

impl FromStr for TargetPlatform {
    type Err = UnknownPlatform;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|platform| platform.to_string() == text)
            .ok_or_else(|| UnknownPlatform(text.to_owned()))
    }
}
