{ lib, selectBuild }:

/**
  Make `packages` of a flake from a project: for each target the executables under the
  name of every binary, the dependencies and the image, then the image of all platforms.

  # Type

  ```
  packages :: { description, builds, image, ... } -> { <name> = derivation; }
  ```
*/
# Result of `buildProject`.
{
  description,
  builds,
  image,
  ...
}:
let
  forEachTarget =
    prefix: member:
    lib.mapAttrs' (arch: build: lib.nameValuePair "${prefix}-${arch}" build.${member}) builds;
in
lib.mergeAttrsList (map (bin: forEachTarget bin "executable") description.bins)
// forEachTarget "deps" "deps"
// forEachTarget "image" "image"
// {
  inherit image;
  default = (selectBuild builds).executable;
}
