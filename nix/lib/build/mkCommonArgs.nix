{
  lib,
  writeScript,
  zigLinker,
}:

/**
  Make the arguments that crane's `buildDepsOnly` and `buildPackage` share. All flags
  and inputs that reach the compilation of a dependency are in this set: if they
  differed between the two, cargo would compile all dependencies again.

  # Type

  ```
  mkCommonArgs :: { target, description, cargoPackage, ... } -> attrs
  ```
*/
{
  # A target, as in ../targets.nix.
  target,
  # Result of `describeImage`.
  description,
  # Result of `readCargoPackage`.
  cargoPackage,
  # Result of crane's `vendorCargoDeps`.
  cargoVendorDir,
  # Result of `buildLinker`.
  linker,
  # Result of `readRustflags`.
  rustflags,
  # Result of `readStripSettings`.
  stripSettings,
  # More arguments for cargo.
  cargoArgs,
  # Programs that build scripts call.
  nativeBuildInputs,
  # Environment variables of the build.
  env,
  # Overrides any of the attributes below.
  extraArgs,
}:
{
  inherit cargoVendorDir env;

  strictDeps = true;
  doCheck = false;
  # For crane all packages are native: zig links for the target.
  doIncludeCrossToolchainEnv = false;
  nativeBuildInputs = [ zigLinker ] ++ nativeBuildInputs;

  cargoBuildCommand = "cargo build --profile ${lib.escapeShellArgs [ description.profile ]}";
  cargoExtraArgs = lib.escapeShellArgs (
    [
      "--locked"
      "--package"
      cargoPackage.name
      "--target"
      target.triple
    ]
    ++ lib.optionals (description.features != [ ]) [
      "--features"
      (lib.concatStringsSep "," description.features)
    ]
    ++ lib.optionals (!stripSettings.isSet) [
      "--config"
      "profile.${description.profile}.strip=\"symbols\""
    ]
    ++ cargoArgs
  );

  # Read by pre-build.sh.
  muslinTriple = target.triple;
  muslinLinker = linker;
  muslinRustcWrapper = writeScript "rustc-wrapper" (lib.readFile ./rustc-wrapper.sh);
  muslinRustflags = lib.concatStringsSep "\n" rustflags;
  preBuild = "source ${./pre-build.sh}";
}
// extraArgs
