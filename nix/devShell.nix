{
  actionlint,
  cargo-deny,
  cargo-nextest,
  cargo-zigbuild,
  deadnix,
  devToolchain,
  jq,
  mkShell,
  nixfmt,
  python3,
  sccache,
  shellcheck,
  skopeo,
  statix,
  zig,
  zizmor,
}:

/**
  The development shell: the Rust toolchain with both musl targets, zig, sccache, and
  the tools that the Makefile calls.

  # Type

  ```
  devShell :: derivation
  ```
*/
mkShell {
  packages = [
    devToolchain
    actionlint
    cargo-deny
    cargo-nextest
    cargo-zigbuild
    deadnix
    jq
    nixfmt
    python3
    sccache
    shellcheck
    skopeo
    statix
    zig
    zizmor
  ];
  env.RUSTC_WRAPPER = "${sccache}/bin/sccache";
}
