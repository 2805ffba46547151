# `docker buildx bake` builds what the Dockerfile describes for all platforms, and with SOURCE_DATE_EPOCH
# the same bits again. `docker buildx bake --push` pushes; --sbom=true and --provenance=mode=max
# add attestations, which differ from build to build.
# begin image (muslin init docker)
variable "GITHUB_REPOSITORY_OWNER" {
  default = "OWNER"
}

variable "IMAGE" {
  default = "ghcr.io/${GITHUB_REPOSITORY_OWNER}/muslin"
}

variable "TAGS" {
  default = "latest"
}

variable "VERSION" {
  default = "0.1.0"
}

variable "COMMIT_SHA" {
  default = ""
}

target "description" {
  platforms = ["linux/amd64", "linux/arm64"]
  annotations = concat([
    "index,manifest:org.opencontainers.image.description=Turn a Rust package into small, static, multi-architecture OCI images, the same bits every time",
    "index,manifest:org.opencontainers.image.licenses=MIT OR Apache-2.0",
    "index,manifest:org.opencontainers.image.title=muslin",
    "index,manifest:org.opencontainers.image.version=${VERSION}",
  ], COMMIT_SHA == "" ? [] : ["index,manifest:org.opencontainers.image.revision=${COMMIT_SHA}"])
}
# end

variable "SOURCE_DATE_EPOCH" {
  default = "0"
}

target "image" {
  inherits = ["description"]
  context  = "."
  target   = "runtime"
  tags     = [for tag in split(",", TAGS) : "${IMAGE}:${tag}"]
  args = {
    VERSION           = VERSION
    COMMIT_SHA        = COMMIT_SHA
    OWNER             = GITHUB_REPOSITORY_OWNER
    SOURCE_DATE_EPOCH = SOURCE_DATE_EPOCH
  }
  output = ["type=image,oci-mediatypes=true,rewrite-timestamp=true"]
}

target "runtime-debian" {
  inherits = ["image"]
  target   = "runtime-debian"
  tags     = [for tag in split(",", TAGS) : "${IMAGE}:${tag}-debian"]
}

target "runtime-alpine" {
  inherits = ["image"]
  target   = "runtime-alpine"
  tags     = [for tag in split(",", TAGS) : "${IMAGE}:${tag}-alpine"]
}

group "default" {
  targets = ["image"]
}
