/**
  Claims about what docs/reference/flake.md promises, each true or false at evaluation. A
  claim begins with the name of the output or argument that it is about; ../reference.nix
  checks that none is without a claim.

  # Type

  ```
  promises :: { lib, mkFlake, mkImages, overlay, pkgs, system } -> { <claim> = bool; }
  ```
*/
{
  # Of nixpkgs.
  lib,
  pkgs,
  system,
  # Of muslin's flake.
  mkFlake,
  mkImages,
  overlay,
}:
let
  # What both files take.
  common = {
    inherit
      lib
      mkFlake
      mkImages
      overlay
      pkgs
      system
      ;
  };
  context = common // import ./flakes.nix common;
in
import ./outputs.nix context // import ./arguments.nix context
