{ inputs, muslinSrc }:

/**
  Make the outputs of a package's flake for one system.

  # Type

  ```
  outputs :: { system, toolchain, overrides, projectArgs }
    -> { packages, apps, checks, devShells, formatter }
  ```
*/
{
  system,
  # `toolchain` and `overrides` of ./mkFlake.nix.
  toolchain,
  overrides,
  # Arguments of ./lib/buildProject.nix.
  projectArgs,
}:
let
  pkgs =
    inputs.nixpkgs.legacyPackages.${system}
      or (throw "muslin: the flake input `nixpkgs` has no packages for the system `${system}`");
  scope =
    (import ./lib {
      inherit pkgs muslinSrc toolchain;
      fenix = inputs.fenix.packages.${system};
      mkCraneLib = inputs.crane.mkLib;
    }).overrideScope
      overrides;
  inherit (scope) callPackage;

  project = scope.buildProject projectArgs;
  isRepository = projectArgs.src == muslinSrc;
in
{
  packages = callPackage ./packages.nix { } project;
  apps = callPackage ./apps.nix { } project;
  checks =
    callPackage ./checks { } project
    // pkgs.lib.optionalAttrs isRepository (
      callPackage ./checks/repository.nix { } {
        inherit (project) cargoVendorDir;
        src = muslinSrc;
        mkFlake = import ./mkFlake.nix { inherit inputs muslinSrc; };
      }
    );
  devShells.default = callPackage ./devShell.nix { };
  formatter = pkgs.nixfmt-tree or pkgs.nixfmt;
}
