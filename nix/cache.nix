{
  indexTool,
  lib,
  linkFarm,
  toolchain,
}:

/**
  Link everything that another machine needs to build the images without compiling a
  dependency, so that one `nix copy --to CACHE .#cache` fills a binary cache: toolchain,
  vendored crates, linkers, dependency layers, the index tool, and what was built of the
  package itself.

  # Type

  ```
  cache :: { description, cargoVendorDir, builds, image, ... } -> derivation
  ```
*/
# Result of `buildProject`.
{
  description,
  cargoVendorDir,
  builds,
  image,
  ...
}:
let
  ofTarget =
    arch: build:
    lib.mapAttrs' (member: lib.nameValuePair "${member}-${arch}") {
      inherit (build)
        linker
        deps
        executable
        image
        ;
    };
in
linkFarm "${description.name}-cache" (
  {
    inherit image indexTool toolchain;
    crates = cargoVendorDir;
  }
  // lib.concatMapAttrs ofTarget builds
)
