//! The list of crates in an executable: which crates it is made of, in the format of
//! cargo-auditable. It is zlib-compressed JSON in the ELF section `.dep-v0`, which cargo-audit,
//! syft, trivy, grype and osv-scanner read.
//!
//! The list is made of what cargo says that it built ([`artifact::Artifact`]) and of the graph in
//! `Cargo.lock`, and is put into the executable after the link: nothing of it is seen by cargo's
//! fingerprints or by compiler caches.

pub mod artifact;
pub mod files;
pub mod list;
pub mod lockfile;
pub mod manifest;
pub mod section;

pub use auditable_serde::{DependencyKind, Package, Source, VersionInfo};
