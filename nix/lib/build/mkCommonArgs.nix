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
  mkCommonArgs :: { target, packages, features, profile, ... } -> attrs
  ```
*/
{
  # A target, as in ../targets.nix.
  target,
  # A layer of `planLayers`: names of packages, features as cargo takes them for these,
  # and name of the profile.
  packages,
  features,
  profile,
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
  # Programs that build scripts call, and libraries.
  nativeBuildInputs,
  buildInputs,
  # Environment variables of the build.
  env,
  # Function attrs: attrs, extends the attributes below.
  extraArgs,
}:
let
  args = {
    inherit buildInputs cargoVendorDir env;

    strictDeps = true;
    doCheck = false;
    # For crane all packages are native: zig links for the target.
    doIncludeCrossToolchainEnv = false;
    nativeBuildInputs = [ zigLinker ] ++ nativeBuildInputs;

    cargoBuildCommand = "cargo build --profile ${lib.escapeShellArgs [ profile ]}";
    cargoExtraArgs = lib.escapeShellArgs (
      [
        "--locked"
        "--target"
        target.triple
      ]
      ++ lib.concatMap (package: [
        "--package"
        package
      ]) packages
      ++ lib.optionals (features != [ ]) [
        "--features"
        (lib.concatStringsSep "," features)
      ]
      ++ lib.optionals (!stripSettings.isSet) [
        "--config"
        "profile.${profile}.strip=\"symbols\""
      ]
      ++ cargoArgs
    );

    # Read by pre-build.sh.
    muslinTriple = target.triple;
    muslinLinker = linker;
    muslinRustcWrapper = writeScript "rustc-wrapper" (lib.readFile ./rustc-wrapper.sh);
    muslinRustflags = lib.concatStringsSep "\n" rustflags;
    preBuild = "source ${./pre-build.sh}";
  };
in
args // extraArgs args
