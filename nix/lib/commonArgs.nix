{ pkgs }:

/**
  What the dependency layer and the package share: every flag and input that
  reaches the compilation of a dependency. There is one such set, because a
  difference compiles all dependencies a second time.

  # Type

  ```
  commonArgs :: { target, description, manifest, ... } -> attrs
  ```
*/
{
  # A row of ../targets.nix.
  target,
  # Of ./description.nix.
  description,
  # Of ./manifest.nix.
  manifest,
  # Of crane's vendorCargoDeps.
  cargoVendorDir,
  # Of ./zigCache.nix, or null.
  zigCache,
  # `build.rustflags` of the package, of ./rustflags.nix.
  rustflags,
  # Whether the manifest says for the profile what is to be stripped.
  saysStrip,
  # More arguments of cargo.
  cargoArgs,
  nativeBuildInputs,
  env,
  # The last word.
  extraArgs,
}:
let
  inherit (pkgs.lib) concatStringsSep escapeShellArgs optionals;
in
{
  inherit cargoVendorDir env;

  strictDeps = true;
  doCheck = false;
  # Native packages build for another target here: there is nothing to emulate.
  doIncludeCrossToolchainEnv = false;
  nativeBuildInputs = [ pkgs.cargo-zigbuild ] ++ nativeBuildInputs;

  cargoBuildCommand = "cargo zigbuild --profile ${escapeShellArgs [ description.profile ]}";
  cargoExtraArgs = escapeShellArgs (
    [
      "--locked"
      "--package"
      manifest.name
      "--target"
      target.triple
    ]
    ++ optionals (description.features != [ ]) [
      "--features"
      (concatStringsSep "," description.features)
    ]
    ++ optionals (!saysStrip) [
      "--config"
      "profile.${description.profile}.strip=\"symbols\""
    ]
    ++ cargoArgs
  );

  muslinTriple = target.triple;
  muslinZigCache = zigCache;
  muslinRustflags = concatStringsSep "\n" rustflags;
  preBuild = "source ${../pre-build.sh}";
}
// extraArgs
