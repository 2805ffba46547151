{
  lib,
  fenix,
  targets,
}:

/**
  Make Rust toolchains of one release, from fenix. Both have the standard library of the
  host and of every target in `targets`; rustc and cargo are those of the host alone.

  - `build`: rustc and cargo, for builds.
  - `shell`: also clippy, rustfmt and rust-src, for the development shell and checks.

  # Type

  ```
  mkToolchains :: { select, components ? [ ] } -> { build, shell :: derivation }
  ```
*/
{
  # Selects the release from fenix, for the host, or from one of its `targets`.
  select,
  # More components for the shell, where the release has them.
  components ? [ ],
}:
let
  release = select fenix;
  muslStds = map (target: (select fenix.targets.${target.triple}).rust-std) (lib.attrValues targets);
  combine =
    names:
    fenix.combine (
      map (name: release.${name}) (lib.filter (name: release ? ${name}) (lib.unique names)) ++ muslStds
    );
  needed = [
    "cargo"
    "rust-std"
    "rustc"
  ];
in
{
  build = combine needed;
  shell = combine (
    needed
    ++ [
      "clippy"
      "rust-src"
      "rustfmt"
    ]
    ++ components
  );
}
