{
  buildDeps,
  buildHostDeps,
  buildLinker,
  buildPathDeps,
  lib,
  mkCommonArgs,
}:

/**
  Build the dependencies of packages for each target. Executables that are built with
  `commonArgs` of a target take `cargoArtifacts` up.

  `deps` does not depend on source files, documentation, version or revision of the
  workspace. `pathDeps` is null where there are none.

  # Type

  ```
  buildLayer :: { layer, targets, ... }
    -> { <arch> = { linker, deps, pathDeps, cargoArtifacts :: derivation; commonArgs :: attrs; }; }
  ```
*/
{
  # A layer of `planLayers`.
  layer,
  # Targets, as in ./targets.nix.
  targets,
  # `[profile]` of the workspace's Cargo.toml.
  profiles,
  # Result of `mkDummySource`.
  dummySrc,
  # The workspace without the code of the packages in `packageDirs`, from `selectSources`;
  # or null where these have no path dependencies.
  pathDepsSrc ? null,
  packageDirs ? [ ],
  # Result of crane's `vendorCargoDeps`.
  cargoVendorDir,
  # Result of `readRustflags`.
  rustflags,
  # Result of `readStripSettings`.
  stripSettings,
  # As in mkCommonArgs.
  options,
}:
let
  commonArgsFor =
    targets: linker:
    mkCommonArgs {
      inherit
        targets
        layer
        linker
        cargoVendorDir
        rustflags
        stripSettings
        options
        ;
    };
  name = if lib.length layer.packages == 1 then lib.head layer.packages else "workspace";
  # With one platform, a derivation of its own would only come before that platform's.
  hostDeps =
    if lib.length layer.platforms > 1 then
      let
        commonArgs = commonArgsFor (lib.attrValues targets) null;
      in
      buildHostDeps {
        inherit name commonArgs;
        src = dummySrc.for commonArgs;
      }
    else
      null;

  build =
    arch: target:
    let
      linker = buildLinker {
        inherit
          target
          rustflags
          stripSettings
          profiles
          ;
        inherit (layer) profile;
      };
      commonArgs = commonArgsFor [ target ] linker;
      deps = buildDeps {
        inherit commonArgs;
        name = "${name}-${arch}";
        src = dummySrc.for commonArgs;
        cargoArtifacts = hostDeps;
      };
      pathDeps =
        if pathDepsSrc == null then
          null
        else
          buildPathDeps {
            inherit packageDirs commonArgs deps;
            name = "${name}-${arch}";
            src = pathDepsSrc;
            dummySrc = dummySrc.for commonArgs;
          };
    in
    {
      inherit
        linker
        commonArgs
        deps
        pathDeps
        ;
      cargoArtifacts = if pathDeps == null then deps else pathDeps;
    };
in
lib.mapAttrs build targets
