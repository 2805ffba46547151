{ inputs, muslinSrc }:

/**
  Make the outputs of a flake that builds the Rust package or workspace in `src` as static
  musl executables and OCI images. docs/reference/flake.md describes outputs and arguments.

  # Type

  ```
  mkFlake :: { self, src, ... } -> { packages, apps, checks, devShells, formatter }
  ```
*/
{
  # The flake, for its revision.
  self,
  # Systems that the outputs are made for.
  systems ? import ./systems.nix,
  # Further arguments are those of ./mkImages.nix.
  ...
}@arguments:
let
  inherit (inputs.nixpkgs) lib;

  requireNixVersion = import ./requireNixVersion.nix { };
  checkSystems = import ./checkSystems.nix {
    inherit lib;
    quoteNames = import ./lib/quoteNames.nix { };
    supportedSystems = import ./systems.nix;
  };
  checkArguments = import ./checkArguments.nix { quoteNames = import ./lib/quoteNames.nix { }; };
  outputsFor = import ./outputs.nix { inherit inputs muslinSrc; };

  imagesArguments = {
    revision = self.rev or self.dirtyRev or null;
  }
  // removeAttrs (checkArguments "mkFlake" arguments) [
    "self"
    "systems"
  ];
  perSystem = lib.genAttrs (checkSystems (builtins.seq imagesArguments systems)) (
    system:
    outputsFor {
      inherit system;
      arguments = imagesArguments;
    }
  );
in
requireNixVersion { } (
  lib.genAttrs [
    "packages"
    "apps"
    "checks"
    "devShells"
    "formatter"
  ] (output: lib.mapAttrs (_: outputs: outputs.${output}) perSystem)
)
