{
  buildDeps,
  buildExecutable,
  buildImage,
  buildZigCache,
  mkCommonArgs,
}:

/**
  Build a package for one target: its dependencies, executables and image.

  # Type

  ```
  buildTarget :: { arch, target, cargoPackage, description, ... }
    -> { target :: attrs; deps, executable, image :: derivation; }
  ```
*/
{
  # Name of the target in ./targets.nix.
  arch,
  # The target.
  target,
  # Of ./package/readCargoPackage.nix.
  cargoPackage,
  # Of ./description/describeImage.nix.
  description,
  # Of ./package/selectSources.nix.
  sources,
  # Of ./package/maskVersions.nix.
  maskedVersions,
  # Of crane's `vendorCargoDeps`.
  cargoVendorDir,
  # Of ./package/readRustflags.nix.
  rustflags,
  # Of ./package/readStripSettings.nix.
  stripSettings,
  # These five as in mkFlake; what is a function there is a value here.
  cargoArgs,
  nativeBuildInputs,
  env,
  extraArgs,
  created,
}:
let
  name = "${cargoPackage.name}-${arch}";
  zigCache = buildZigCache {
    inherit target rustflags stripSettings;
    inherit (description) profile;
    profiles = cargoPackage.workspaceManifest.profile or { };
  };
  commonArgs = mkCommonArgs {
    inherit
      target
      description
      cargoPackage
      cargoVendorDir
      zigCache
      rustflags
      stripSettings
      cargoArgs
      nativeBuildInputs
      env
      extraArgs
      ;
  };
  deps = buildDeps {
    inherit name maskedVersions commonArgs;
    src = sources.withoutLock;
  };
  executable = buildExecutable {
    inherit name deps commonArgs;
    inherit (cargoPackage) version;
    inherit (description) bins;
    inherit (stripSettings) keepsSymbols;
    src = sources.withLock;
    mainProgram = description.entrypoint;
  };
  image = buildImage {
    inherit
      description
      target
      executable
      created
      ;
    inherit (cargoPackage) packagePath;
  };
in
{
  inherit
    target
    deps
    executable
    image
    ;
}
