//! Media types (OCI image-spec 1.1, media-types.md; Docker image manifest v2, schema 2).

/// An image index.
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// An image manifest.
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// An image config.
pub const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
/// A layer: an uncompressed tar.
pub const LAYER_TAR: &str = "application/vnd.oci.image.layer.v1.tar";
/// A layer: a tar compressed with gzip.
pub const LAYER_GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
/// A layer: a tar compressed with zstd.
pub const LAYER_ZSTD: &str = "application/vnd.oci.image.layer.v1.tar+zstd";

/// A statement about an image: JSON (in-toto attestation framework).
pub const IN_TOTO: &str = "application/vnd.in-toto+json";

/// Docker's form of an index.
pub const DOCKER_MANIFEST_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
/// Docker's form of a manifest.
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// Docker's form of a config.
pub const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
/// Docker's form of a gzipped layer.
pub const DOCKER_LAYER_GZIP: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";
/// Docker's form of an uncompressed layer.
pub const DOCKER_LAYER_TAR: &str = "application/vnd.docker.image.rootfs.diff.tar";

/// Whether a blob of this type lists manifests.
#[must_use]
pub fn is_index(media_type: &str) -> bool {
    matches!(media_type, INDEX | DOCKER_MANIFEST_LIST)
}

/// Whether a blob of this type is the manifest of one platform's image.
#[must_use]
pub fn is_manifest(media_type: &str) -> bool {
    matches!(media_type, MANIFEST | DOCKER_MANIFEST)
}
