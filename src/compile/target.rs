//! The Rust target of each platform.

use crate::platform::TargetPlatform;

impl TargetPlatform {
    /// The Rust target that links statically for this platform.
    ///
    /// ```
    /// # use muslin::platform::TargetPlatform;
    /// assert_eq!(TargetPlatform::LinuxArm64.rust_target(), "aarch64-unknown-linux-musl");
    /// ```
    #[must_use]
    pub fn rust_target(self) -> &'static str {
        match self {
            Self::LinuxAmd64 => "x86_64-unknown-linux-musl",
            Self::LinuxArm64 => "aarch64-unknown-linux-musl",
        }
    }
}
