//! `muslin index`: images of single platforms to one image with an index.
//!
//! The operation belongs to `muslin_oci`, because the Nix lane builds it without the rest.

pub use muslin_oci::join::{JoinError, JoinReport, JoinRequest, JoinedPlatform, join};
