{
  callInputs,
  lib,
  pkgs,
  writeScript,
  zigLinker,
}:

/**
  Make the arguments that crane's `buildDepsOnly` and `buildPackage` share. All flags
  and inputs that reach the compilation of a dependency are in this set: if they
  differed between the two, cargo would compile all dependencies again.

  # Type

  ```
  mkCommonArgs :: { targets, layer, linker, options, ... } -> attrs
  ```
*/
{
  # Targets, as in ../targets.nix.
  targets,
  # A layer of `planLayers`: names of packages, features as cargo takes them for these,
  # and name of the profile.
  layer,
  # Result of `buildLinker` for the target, or null where nothing is linked for it.
  linker,
  # Result of crane's `vendorCargoDeps`.
  cargoVendorDir,
  # Result of `readRustflags`.
  rustflags,
  # Result of `readStripSettings`.
  stripSettings,
  # `cargoArgs`, `nativeBuildInputs`, `buildInputs`, `env` and `extraArgs` as in mkImages.
  options,
}:
let
  inherit (layer) packages features profile;
  inputsOf = inputs: lib.unique (lib.concatMap (target: callInputs target inputs) targets);

  args = {
    inherit cargoVendorDir;
    inherit (options) env;

    strictDeps = true;
    doCheck = false;
    # For crane all packages are native: zig links for the target.
    doIncludeCrossToolchainEnv = false;
    nativeBuildInputs = [ zigLinker ] ++ inputsOf options.nativeBuildInputs;
    buildInputs = inputsOf options.buildInputs;

    cargoBuildCommand = "cargo build --profile ${lib.escapeShellArgs [ profile ]}";
    cargoExtraArgs = lib.escapeShellArgs (
      [ "--locked" ]
      ++ lib.concatMap (target: [
        "--target"
        target.triple
      ]) targets
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
      ++ options.cargoArgs
    );

    # Read by pre-build.sh.
    muslinTriples = map (target: target.triple) targets;
    muslinLinker = linker;
    muslinRustcWrapper = writeScript "rustc-wrapper" (lib.readFile ./rustc-wrapper.sh);
    muslinRustflags = lib.concatStringsSep "\n" rustflags;
    preBuild = "source ${./pre-build.sh}";
  };
in
lib.foldl' (args: target: args // options.extraArgs pkgs target args) args targets
