{
  pkgs,
  # The fenix flake's packages for this system.
  fenix,
  # The crane flake's `mkLib`.
  mkCraneLib,
  # Muslin's own repository, which `tools` is built from.
  muslinSrc,
  # As in mkImages.
  src ? null,
  toolchain ? null,
  toolchainHash ? null,
  registries ? (_craneLib: [ ]),
}:

/**
  The functions that build executables and images, as a scope: each takes its
  dependencies by name from the other members of the scope, then from nixpkgs.
  `overrideScope` replaces members; `mkFlake { overrides = …; }` calls it.

  A file holds one function and has its name. The outer set of a file lists its
  dependencies, the inner set the function's arguments.

  # Type

  ```
  lib :: { pkgs, fenix, mkCraneLib, muslinSrc, ... } -> scope
  ```
*/
pkgs.lib.makeScope pkgs.newScope (
  self:
  let
    inherit (self) callPackage;
    plainCraneLib = mkCraneLib pkgs;
  in
  {
    inherit pkgs fenix;

    # Rust toolchains and target platforms. `callPackage` would add attributes to targets.
    targets = import ./targets.nix;
    fetchManifest = callPackage ./toolchain/fetchManifest.nix { };
    mkToolchains = callPackage ./toolchain/mkToolchains.nix { };
    parseChannel = callPackage ./toolchain/parseChannel.nix { };
    readToolchainFile = callPackage ./toolchain/readToolchainFile.nix { };
    selectToolchains = callPackage ./toolchain/selectToolchains.nix { };
    # The default ones, and those of this package.
    stableToolchains = self.mkToolchains { select = set: set.stable; };
    toolchains = self.selectToolchains {
      inherit toolchain toolchainHash;
      file = if src == null then null else self.readToolchainFile src;
    };
    toolchain = self.toolchains.build;
    devToolchain = self.toolchains.shell;
    craneLib = (plainCraneLib.appendCrateRegistries (registries plainCraneLib)).overrideToolchain self.toolchain;

    # Cargo.toml, Cargo.lock and .cargo/config.toml.
    findBinaries = callPackage ./package/findBinaries.nix { };
    findIncludedFiles = callPackage ./package/findIncludedFiles.nix { };
    findWorkspace = callPackage ./package/findWorkspace.nix { };
    findWorkspaceMembers = callPackage ./package/findWorkspaceMembers.nix { };
    isExcluded = callPackage ./package/isExcluded.nix { };
    maskVersions = callPackage ./package/maskVersions.nix { };
    readCargoConfig = callPackage ./package/readCargoConfig.nix { };
    readCargoLock = callPackage ./package/readCargoLock.nix { };
    readCargoPackage = callPackage ./package/readCargoPackage.nix { };
    readManifest = callPackage ./package/readManifest.nix { };
    readRustflags = callPackage ./package/readRustflags.nix { };
    readStripSettings = callPackage ./package/readStripSettings.nix { };
    relativePath = callPackage ./package/relativePath.nix { };
    selectSources = callPackage ./package/selectSources.nix { };

    # [package.metadata.muslin].
    describeImage = callPackage ./description/describeImage.nix { };
    makeLabels = callPackage ./description/makeLabels.nix { };
    readMetadata = callPackage ./description/readMetadata.nix { };
    refuseSameImages = callPackage ./description/refuseSameImages.nix { };
    resolveFiles = callPackage ./description/resolveFiles.nix { };
    selectBinaries = callPackage ./description/selectBinaries.nix { };
    selectImages = callPackage ./description/selectImages.nix { };
    selectPlatforms = callPackage ./description/selectPlatforms.nix { };
    valueParsers = callPackage ./description/valueParsers.nix { };

    # Compiling.
    buildDeps = callPackage ./build/buildDeps.nix { };
    buildExecutable = callPackage ./build/buildExecutable.nix { };
    buildHostDeps = callPackage ./build/buildHostDeps.nix { };
    buildPathDeps = callPackage ./build/buildPathDeps.nix { };
    buildLinker = callPackage ./build/buildLinker.nix { };
    mkDummySource = callPackage ./build/mkDummySource.nix { };
    mkCommonArgs = callPackage ./build/mkCommonArgs.nix { };
    zigLinker = callPackage ./build/zigLinker.nix { };

    # Images.
    buildImage = callPackage ./image/buildImage.nix { };
    buildIndex = callPackage ./image/buildIndex.nix { };
    mkPushApp = callPackage ./image/mkPushApp.nix { };
    mkPushAllApp = callPackage ./image/mkPushAllApp.nix { };

    # Programs that these call, with the default toolchain in any case, so that one build
    # serves all packages.
    buildTools = callPackage ./buildTools.nix { };
    tools =
      (self.overrideScope (_final: prev: { toolchain = prev.stableToolchains.build; })).buildTools
        {
          src = muslinSrc;
        };

    # The steps above, for one target and for every target.
    planLayers = callPackage ./planLayers.nix { };
    buildLayer = callPackage ./buildLayer.nix { };
    buildTarget = callPackage ./buildTarget.nix { };
    buildProject = callPackage ./buildProject.nix { };
    callInputs = callPackage ./callInputs.nix { };
    selectBuild = callPackage ./selectBuild.nix { };

    # Text.
    quoteNames = callPackage ./quoteNames.nix { };
    toTOML = callPackage ./toTOML.nix { };
  }
)
