{
  callPackage,
  lib,
  selectBuild,
  symlinkJoin,
}:

/**
  Make `packages` of a flake from a project: for each target the executables under the
  name of every binary, the dependencies and the images, then the images of all platforms
  and what a binary cache should hold.

  A binary whose name would be that of another package, such as one called `image`, is
  found as `bin-<name>-<arch>`.

  # Type

  ```
  packages :: { images, deps, ... } -> { <name> = derivation; }
  ```
*/
# Result of `buildProject`.
project@{ images, deps, ... }:
let
  forEachTarget =
    nameOf: valueOf: builds:
    lib.mapAttrs' (arch: build: lib.nameValuePair (nameOf arch) (valueOf build)) builds;

  imagePackages =
    {
      prefix,
      builds,
      index,
      ...
    }:
    forEachTarget (arch: "${prefix}image-${arch}") (build: build.image) builds
    // {
      "${prefix}image" = index;
    };
  # Dependencies of images with different features are different ones.
  joinLayers =
    arch: layers:
    if lib.length layers == 1 then
      lib.head layers
    else
      symlinkJoin {
        name = "deps-${arch}";
        paths = layers;
      };

  others =
    lib.concatMapAttrs (_: imagePackages) images
    // lib.mapAttrs' (arch: layers: lib.nameValuePair "deps-${arch}" (joinLayers arch layers)) deps
    // {
      cache = callPackage ./cache.nix { } project;
      default =
        if lib.length executables == 1 then
          lib.head executables
        else
          symlinkJoin {
            name = "executables";
            paths = executables;
          };
    };
  executables = lib.unique (
    lib.mapAttrsToList (_: image: (selectBuild image.builds).executable) images
  );

  nameOf = bin: arch: if others ? "${bin}-${arch}" then "bin-${bin}-${arch}" else "${bin}-${arch}";
  executablesOf =
    { description, builds, ... }:
    lib.mergeAttrsList (
      map (bin: forEachTarget (nameOf bin) (build: build.executable) builds) description.bins
    );
in
lib.concatMapAttrs (_: executablesOf) images // others
