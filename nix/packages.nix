{
  callPackage,
  lib,
  selectBuild,
}:

/**
  Make `packages` of a flake from a project: for each target the executables under the
  name of every binary, the dependencies and the image, then the image of all platforms and
  what a binary cache should hold.

  # Type

  ```
  packages :: { description, builds, image, ... } -> { <name> = derivation; }
  ```
*/
# Result of `buildProject`.
project@{
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
  cache = callPackage ./cache.nix { } project;
  default = (selectBuild builds).executable;
}
