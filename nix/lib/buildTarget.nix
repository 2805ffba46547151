{
  buildDeps,
  buildExecutable,
  buildImage,
  buildLinker,
  mkCommonArgs,
}:

/**
  Build a package for one target: its dependencies, executables and image.

  # Type

  ```
  buildTarget :: { arch, target, cargoPackage, description, ... }
    -> { target :: attrs; linker, deps, executable, image :: derivation; }
  ```
*/
{
  # Name of the target in ./targets.nix.
  arch,
  # The target.
  target,
  # Result of `readCargoPackage`.
  cargoPackage,
  # Result of `describeImage`.
  description,
  # Result of `selectSources`.
  sources,
  # Result of `maskVersions`.
  maskedVersions,
  # Result of crane's `vendorCargoDeps`.
  cargoVendorDir,
  # Result of `readRustflags`.
  rustflags,
  # Result of `readStripSettings`.
  stripSettings,
  # As in mkFlake; where mkFlake takes a function of pkgs, this is its result.
  cargoArgs,
  nativeBuildInputs,
  env,
  extraArgs,
  created,
}:
let
  name = "${cargoPackage.name}-${arch}";
  linker = buildLinker {
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
      linker
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
    src = sources.manifests;
  };
  executable = buildExecutable {
    inherit name deps commonArgs;
    inherit (cargoPackage) version;
    inherit (description) bins;
    inherit (stripSettings) keepsSymbols;
    src = sources.all;
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
    linker
    deps
    executable
    image
    ;
}
