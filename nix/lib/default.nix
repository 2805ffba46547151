{
  pkgs,
  # The fenix flake's packages for this system.
  fenix,
  # The crane flake's `mkLib`.
  mkCraneLib,
  # Muslin's own repository, which the index tool is built from.
  muslinSrc,
  # pkgs: fenix: derivation, or null for the default toolchain.
  toolchain ? null,
}:

/**
  The functions that build executables and images, as a scope: each takes its
  dependencies by name from the other members of the scope, then from nixpkgs.
  `overrideScope` replaces members; `mkFlake { overrides = …; }` calls it.

  A file holds one function and has its name. The outer set of a file lists its
  dependencies, the inner set the function's arguments.

  # Type

  ```
  lib :: { pkgs, fenix, mkCraneLib, muslinSrc, toolchain } -> scope
  ```
*/
pkgs.lib.makeScope pkgs.newScope (
  self:
  let
    inherit (self) callPackage;
  in
  {
    inherit pkgs fenix;

    # Rust toolchains and target platforms. `callPackage` would add attributes to targets.
    targets = import ./targets.nix;
    toolchains = callPackage ./toolchains.nix { };
    toolchain = if toolchain == null then self.toolchains.build else toolchain pkgs fenix;
    devToolchain = if toolchain == null then self.toolchains.shell else self.toolchain;
    craneLib = (mkCraneLib pkgs).overrideToolchain self.toolchain;

    # Cargo.toml, Cargo.lock and .cargo/config.toml.
    findBinaries = callPackage ./package/findBinaries.nix { };
    findIncludedFiles = callPackage ./package/findIncludedFiles.nix { };
    findWorkspaceMembers = callPackage ./package/findWorkspaceMembers.nix { };
    maskVersions = callPackage ./package/maskVersions.nix { };
    readCargoLock = callPackage ./package/readCargoLock.nix { };
    readCargoPackage = callPackage ./package/readCargoPackage.nix { };
    readRustflags = callPackage ./package/readRustflags.nix { };
    readStripSettings = callPackage ./package/readStripSettings.nix { };
    relativePath = callPackage ./package/relativePath.nix { };
    selectSources = callPackage ./package/selectSources.nix { };

    # [package.metadata.muslin].
    describeImage = callPackage ./description/describeImage.nix { };
    makeLabels = callPackage ./description/makeLabels.nix { };
    readMetadata = callPackage ./description/readMetadata.nix { };
    resolveFiles = callPackage ./description/resolveFiles.nix { };
    selectBinaries = callPackage ./description/selectBinaries.nix { };
    selectPlatforms = callPackage ./description/selectPlatforms.nix { };
    valueParsers = callPackage ./description/valueParsers.nix { };

    # Compiling.
    buildDeps = callPackage ./build/buildDeps.nix { };
    buildExecutable = callPackage ./build/buildExecutable.nix { };
    buildLinker = callPackage ./build/buildLinker.nix { };
    mkCommonArgs = callPackage ./build/mkCommonArgs.nix { };
    zigLinker = callPackage ./build/zigLinker.nix { };

    # Images.
    buildImage = callPackage ./image/buildImage.nix { };
    buildIndex = callPackage ./image/buildIndex.nix { };
    buildIndexTool = callPackage ./image/buildIndexTool.nix { };
    # With the default toolchain in any case, so that one build serves all packages.
    indexTool =
      (self.overrideScope (_final: prev: { toolchain = prev.toolchains.build; })).buildIndexTool
        { src = muslinSrc; };
    mkPushApp = callPackage ./image/mkPushApp.nix { };

    # The steps above, for one target and for every target.
    buildTarget = callPackage ./buildTarget.nix { };
    buildProject = callPackage ./buildProject.nix { };
    selectBuild = callPackage ./selectBuild.nix { };

    # Text.
    quoteNames = callPackage ./quoteNames.nix { };
    toTOML = callPackage ./toTOML.nix { };
  }
)
