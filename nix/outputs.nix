{ inputs, muslinSrc }:

/**
  Make the outputs of a package's flake for one system.

  # Type

  ```
  outputs :: { system, arguments } -> { packages, apps, checks, devShells, formatter }
  ```
*/
{
  system,
  # Arguments of ./mkImages.nix.
  arguments,
}:
let
  pkgs =
    inputs.nixpkgs.legacyPackages.${system}
      or (throw "muslin: the flake input `nixpkgs` has no packages for the system `${system}`");
  mkImages = import ./mkImages.nix { inherit inputs muslinSrc; };

  built = mkImages pkgs arguments;
  isRepository = arguments.src == muslinSrc;
in
{
  inherit (built) packages apps devShells;
  checks =
    built.checks
    // pkgs.lib.optionalAttrs isRepository (
      built.scope.callPackage ./checks/repository.nix { } {
        inherit (built) project;
        inherit pkgs mkImages;
        src = muslinSrc;
        mkFlake = import ./mkFlake.nix { inherit inputs muslinSrc; };
      }
    );
  formatter = pkgs.nixfmt-tree or pkgs.nixfmt;
}
