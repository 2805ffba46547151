{ buildExecutable, buildImage }:

/**
  Build an image for one target, with its executables, on a layer of dependencies.

  # Type

  ```
  buildTarget :: { arch, target, cargoPackage, description, layer, ... }
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
  # Result of `buildLayer`.
  layer,
  # The workspace, from `selectSources`.
  src,
  # Result of `readStripSettings`.
  stripSettings,
  # As in mkImages.
  created,
}:
let
  inherit (layer) linker deps commonArgs;

  executable = buildExecutable {
    inherit
      target
      src
      deps
      commonArgs
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
    executable
    image
    ;
}
