{
  actionlint,
  cargo-deny,
  cargo-nextest,
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
  zigLinker,
  zizmor,
}:

/**
  The development shell: the Rust toolchain with both musl targets, zig, sccache, and
  the tools that the Makefile calls.

  # Type

  ```
  devShell :: { packages :: [ derivation ] } -> derivation
  ```
*/
{
  # More packages, which go before those below.
  packages,
}:
mkShell {
  packages = packages ++ [
    devToolchain
    actionlint
    cargo-deny
    cargo-nextest
    deadnix
    jq
    nixfmt
    python3
    sccache
    shellcheck
    skopeo
    statix
    zigLinker
    zizmor
  ];
  env.RUSTC_WRAPPER = "${sccache}/bin/sccache";
}
