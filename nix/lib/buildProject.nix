{
  buildIndex,
  buildTarget,
  craneLib,
  describeImage,
  lib,
  maskVersions,
  mkPushApp,
  pkgs,
  readCargoLock,
  readCargoPackage,
  readRustflags,
  readStripSettings,
  selectSources,
  targets,
}:

/**
  Build a package for all of its platforms, from the arguments of `mkFlake`.

  - `description`: result of `describeImage`.
  - `stripSettings`: result of `readStripSettings`.
  - `cargoVendorDir`: result of crane's `vendorCargoDeps`.
  - `builds`: results of `buildTarget`, by the names in ./targets.nix.
  - `image`: the OCI layout with the index of all platforms.
  - `push`: the program that pushes it.

  # Type

  ```
  buildProject :: { src, package, ... }
    -> { description, stripSettings, cargoVendorDir, builds, image, push }
  ```
*/
{
  src,
  package,
  platforms,
  features,
  cargoArgs,
  nativeBuildInputs,
  env,
  extraFiles,
  exclude,
  outputHashes,
  labels,
  version,
  revision,
  owner,
  created,
  extraArgs,
}:
let
  cargoPackage = readCargoPackage { inherit src package; };
  description = describeImage {
    inherit
      cargoPackage
      platforms
      features
      labels
      version
      revision
      owner
      ;
  };
  cargoLock = readCargoLock src;
  cargoVendorDir = craneLib.vendorCargoDeps {
    inherit src outputHashes;
    cargoLockContents = cargoLock;
  };
  stripSettings = readStripSettings {
    inherit (cargoPackage) workspaceManifest;
    inherit (description) profile;
  };

  sources = selectSources {
    inherit src extraFiles exclude;
    inherit (cargoPackage) manifests;
  };
  maskedVersions = maskVersions {
    inherit cargoLock;
    inherit (cargoPackage) manifests;
  };
  rustflags = readRustflags src;

  selectedTargets = lib.filterAttrs (
    _: target: lib.elem target.platform description.platforms
  ) targets;
  builds = lib.mapAttrs (
    arch: target:
    buildTarget {
      inherit
        arch
        target
        cargoPackage
        description
        sources
        maskedVersions
        cargoVendorDir
        rustflags
        stripSettings
        cargoArgs
        env
        created
        ;
      nativeBuildInputs = nativeBuildInputs pkgs;
      extraArgs = extraArgs pkgs;
    }
  ) selectedTargets;
  image = buildIndex {
    inherit description;
    images = lib.mapAttrsToList (_: build: build.image) builds;
  };
in
{
  inherit
    description
    stripSettings
    cargoVendorDir
    builds
    image
    ;
  push = mkPushApp { inherit description image; };
}
