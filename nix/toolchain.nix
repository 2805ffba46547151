{ lib, fenix }:

/**
  Rust for building: compiler, cargo and the standard libraries of this machine and
  of both musl targets; and for people, with all that a shell needs besides.

  # Type

  ```
  toolchain :: { targets } -> { build, shell :: derivation; }
  ```
*/
{ targets }:
let
  libraries = lib.mapAttrsToList (_: target: fenix.targets.${target.triple}.stable.rust-std) targets;
in
{
  build = fenix.combine (
    [
      fenix.stable.cargo
      fenix.stable.rust-std
      fenix.stable.rustc
    ]
    ++ libraries
  );
  shell = fenix.combine (
    [
      fenix.stable.cargo
      fenix.stable.clippy
      fenix.stable.rust-src
      fenix.stable.rust-std
      fenix.stable.rustc
      fenix.stable.rustfmt
    ]
    ++ libraries
  );
}
