/**
  What claims about the flake are made of: flakes as `mkFlake` makes them, and functions to
  make and compare more.

  # Type

  ```
  flakes :: { lib, mkFlake, system, ... } -> attrs
  ```
*/
{
  lib,
  mkFlake,
  system,
  ...
}:
let
  sample = ../fixtures/drv-paths/base;
  several = ../fixtures/several;

  self.rev = "0000000000000000000000000000000000000000";
  # Outputs for this system.
  outputsOf =
    arguments:
    lib.mapAttrs (_: outputs: outputs.${system}) (
      mkFlake (
        {
          inherit self;
          src = sample;
          systems = [ system ];
        }
        // arguments
      )
    );
  drvPath = derivation: builtins.unsafeDiscardStringContext derivation.drvPath;
  refuses = value: !(builtins.tryEval (builtins.seq value true)).success;
  has = wanted: names: lib.all (name: names ? ${name}) wanted;

  one = outputsOf { };
  images = {
    server.package = "crates/server";
    worker.package = "crates/worker";
  };
  both = outputsOf {
    src = several;
    inherit images;
  };
  checked = outputsOf {
    checks = [
      "clippy"
      "fmt"
      "test"
      "doctest"
      "deny"
    ];
  };
  shellPackages = arguments: (outputsOf arguments).devShells.default.nativeBuildInputs;
in
{
  inherit
    sample
    several
    self
    outputsOf
    drvPath
    refuses
    has
    one
    images
    both
    checked
    shellPackages
    ;
}
