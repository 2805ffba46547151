{
  buildDeps,
  buildLinker,
  callInputs,
  lib,
  mkCommonArgs,
  pkgs,
}:

/**
  Build the dependencies of packages for one target. Executables that are built with
  `commonArgs` take them up.

  # Type

  ```
  buildLayer :: { arch, target, packages, features, profile, ... }
    -> { linker, deps :: derivation; commonArgs :: attrs; }
  ```
*/
{
  # Name of the target in ./targets.nix.
  arch,
  # The target.
  target,
  # A layer of `planLayers`.
  packages,
  features,
  profile,
  # `[profile]` of the workspace's Cargo.toml.
  profiles,
  # The manifests of the workspace, from `selectSources`.
  src,
  # Result of `maskVersions`.
  maskedVersions,
  # Result of crane's `vendorCargoDeps`.
  cargoVendorDir,
  # Result of `readRustflags`.
  rustflags,
  # Result of `readStripSettings`.
  stripSettings,
  # As in mkImages.
  cargoArgs,
  nativeBuildInputs,
  buildInputs,
  env,
  extraArgs,
}:
let
  linker = buildLinker {
    inherit
      target
      rustflags
      stripSettings
      profile
      profiles
      ;
  };
  commonArgs = mkCommonArgs {
    inherit
      target
      packages
      features
      profile
      cargoVendorDir
      linker
      rustflags
      stripSettings
      cargoArgs
      env
      ;
    nativeBuildInputs = callInputs target nativeBuildInputs;
    buildInputs = callInputs target buildInputs;
    extraArgs = extraArgs pkgs target;
  };
  name = if lib.length packages == 1 then lib.head packages else "workspace";
in
{
  inherit linker commonArgs;
  deps = buildDeps {
    inherit maskedVersions commonArgs src;
    name = "${name}-${arch}";
  };
}
