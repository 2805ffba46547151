{ lib, pkgs }:

/**
  Call `nativeBuildInputs` or `buildInputs` of mkImages, which are functions of nixpkgs,
  and of the target where they ask for it.

  # Type

  ```
  callInputs :: target -> (pkgs -> [ derivation ] or (target -> [ derivation ])) -> [ derivation ]
  ```
*/
target: function:
let
  inputs = function pkgs;
in
if lib.isFunction inputs then inputs target else inputs
