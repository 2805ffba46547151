//! Annotation keys that the OCI image specification defines (annotations.md).

/// What the keys of the specification start with.
pub const PREFIX: &str = "org.opencontainers.image.";

/// The tag of an entry in the `index.json` of an image layout.
pub const REF_NAME: &str = "org.opencontainers.image.ref.name";
