{ buildExecutable, buildImage }:

/**
  Build an image for one target, with its executables, on a layer of dependencies.

  # Type

  ```
  buildTarget :: { arch, target, cargoPackage, description, layer, ... }
    -> { target :: attrs; linker, deps, pathDeps, executable, image :: derivation; }
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
  # Result of `buildLayer`.
  layer,
  # As in buildExecutable.
  src,
  code,
  # Result of `readStripSettings`.
  stripSettings,
  # As in mkImages.
  created,
}:
let
  inherit (layer) linker deps pathDeps;

  executable = buildExecutable {
    inherit
      target
      src
      code
      ;
    inherit (layer)
      commonArgs
      cargoArtifacts
      deps
      pathDeps
      ;
    inherit (cargoPackage) version;
    inherit (description) bins;
    inherit (stripSettings) keepsSymbols;
    name = "${cargoPackage.name}-${arch}";
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
    pathDeps
    executable
    image
    ;
}
