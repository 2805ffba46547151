{
  lib,
  fenix,
  targets,
}:
let
  muslStds = lib.mapAttrsToList (_: target: fenix.targets.${target.triple}.stable.rust-std) targets;
in
/**
  The default Rust toolchains, from fenix's stable channel. Both have the standard
  library of the host and of every target in `targets`.

  - `build`: rustc and cargo, for builds.
  - `shell`: also clippy, rustfmt and rust-src, for the development shell.

  # Type

  ```
  toolchains :: { build, shell :: derivation }
  ```
*/
{
  build = fenix.combine (
    [
      fenix.stable.cargo
      fenix.stable.rust-std
      fenix.stable.rustc
    ]
    ++ muslStds
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
    ++ muslStds
  );
}
