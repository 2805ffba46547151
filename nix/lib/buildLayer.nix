{
  buildDeps,
  buildHostDeps,
  buildLinker,
  lib,
  mkCommonArgs,
}:

/**
  Build the dependencies of packages for each target. Executables that are built with
  `commonArgs` of a target take them up.

  # Type

  ```
  buildLayer :: { layer, targets, ... }
    -> { <arch> = { linker, deps :: derivation; commonArgs :: attrs; }; }
  ```
*/
{
  # A layer of `planLayers`.
  layer,
  # Targets, as in ./targets.nix.
  targets,
  # `[profile]` of the workspace's Cargo.toml.
  profiles,
  # Result of `mkDummySource`.
  dummySrc,
  # Result of crane's `vendorCargoDeps`.
  cargoVendorDir,
  # Result of `readRustflags`.
  rustflags,
  # Result of `readStripSettings`.
  stripSettings,
  # As in mkCommonArgs.
  options,
}:
let
  commonArgsFor =
    targets: linker:
    mkCommonArgs {
      inherit
        targets
        layer
        linker
        cargoVendorDir
        rustflags
        stripSettings
        options
        ;
    };
  name = if lib.length layer.packages == 1 then lib.head layer.packages else "workspace";
  # With one platform, a derivation of its own would only come before that platform's.
  hostDeps =
    if lib.length layer.platforms > 1 then
      buildHostDeps {
        inherit name dummySrc;
        commonArgs = commonArgsFor (lib.attrValues targets) null;
      }
    else
      null;
in
lib.mapAttrs (
  arch: target:
  let
    linker = buildLinker {
      inherit
        target
        rustflags
        stripSettings
        profiles
        ;
      inherit (layer) profile;
    };
    commonArgs = commonArgsFor [ target ] linker;
  in
  {
    inherit linker commonArgs;
    deps = buildDeps {
      inherit
        dummySrc
        commonArgs
        hostDeps
        ;
      name = "${name}-${arch}";
    };
  }
) targets
