//! Annotation keys: those that the OCI image specification defines (annotations.md), and
//! those of attestations (`BuildKit`, docs/attestations/attestation-storage.md).

/// What the keys of the specification start with.
pub const PREFIX: &str = "org.opencontainers.image.";

/// The tag of an entry in the `index.json` of an image layout.
pub const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// What an entry of an index is in relation to another one.
pub const REFERENCE_TYPE: &str = "vnd.docker.reference.type";

/// The value of [`REFERENCE_TYPE`] for a manifest of attestations.
pub const ATTESTATION_MANIFEST: &str = "attestation-manifest";

/// The digest of the manifest that an attestation is about.
pub const REFERENCE_DIGEST: &str = "vnd.docker.reference.digest";

/// What a statement of an attestation is: the URI of its type.
pub const PREDICATE_TYPE: &str = "in-toto.io/predicate-type";
