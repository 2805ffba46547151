# `docker buildx bake` builds what the Dockerfile describes for all platforms, and with SOURCE_DATE_EPOCH
# the same bits again. `docker buildx bake --push` pushes; --sbom=true and --provenance=mode=max
# add attestations, which differ from build to build.
# begin image (muslin init docker)
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
