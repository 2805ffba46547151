{ pkgs }:

/**
  A shell in which everything in CONTRIBUTING works: the compiler of the builds with
  both musl targets, zig, sccache and the tools that `make` calls.

  # Type

  ```
  shell :: { toolchain } -> derivation
  ```
*/
{
  # With clippy, rustfmt and rust-src.
  toolchain,
}:
pkgs.mkShell {
  packages = [
    toolchain
    pkgs.actionlint
    pkgs.cargo-deny
    pkgs.cargo-nextest
    pkgs.cargo-zigbuild
    pkgs.deadnix
    pkgs.jq
    pkgs.nixfmt
    pkgs.python3
    pkgs.sccache
    pkgs.shellcheck
    pkgs.skopeo
    pkgs.statix
    pkgs.zig
    pkgs.zizmor
  ];
  env.RUSTC_WRAPPER = "${pkgs.sccache}/bin/sccache";
}
