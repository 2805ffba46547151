/**
  The scope of nix/lib without nixpkgs: enough for the functions that only use other
  functions of the scope, which can then be tested without a flake input.

  # Type

  ```
  scope :: attrs
  ```
*/
import ../../nix/lib {
  pkgs = {
    newScope = throw "there is no nixpkgs in this scope";
    lib.makeScope =
      _newScope: f:
      let
        callPackage =
          file: _args:
          let
            function = import file;
          in
          function (builtins.intersectAttrs (builtins.functionArgs function) self);
        self = f self // {
          inherit callPackage;
        };
      in
      self;
  };
  fenix = throw "there is no fenix in this scope";
  mkCraneLib = throw "there is no crane in this scope";
  muslinSrc = ../..;
}
