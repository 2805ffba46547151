{
  tools,
  lib,
  linkFarm,
  toolchain,
}:

/**
  Link everything that another machine needs to build the images without compiling a
  dependency, so that one `nix copy --to CACHE .#cache` fills a binary cache: toolchain,
  vendored crates, linkers, dependency layers, muslin's tools, and what was built of the
  package itself.

  # Type

  ```
  cache :: { images, cargoVendorDir, ... } -> derivation
  ```
*/
# Result of `buildProject`.
{ images, cargoVendorDir, ... }:
let
  ofTarget =
    prefix: arch: build:
    lib.mapAttrs' (member: lib.nameValuePair "${prefix}${member}-${arch}") (
      lib.filterAttrs (_: part: part != null) {
        inherit (build)
          linker
          deps
          pathDeps
          executable
          image
          ;
      }
    );
  ofImage =
    {
      prefix,
      builds,
      index,
      ...
    }:
    lib.concatMapAttrs (ofTarget prefix) builds // { "${prefix}image" = index; };
in
linkFarm
  "${lib.concatMapStringsSep "-" (image: image.description.name) (lib.attrValues images)}-cache"
  (
    {
      inherit tools toolchain;
      crates = cargoVendorDir;
    }
    // lib.concatMapAttrs (_: ofImage) images
  )
