/**
  Tests of the functions that read single arguments: the toolchain and the source.

  # Type

  ```
  arguments :: { is, refuses, scope } -> { <test> = { found, wanted, ok }; }
  ```
*/
{
  # Functions of ./default.nix: tests for equality, and whether a value throws.
  is,
  refuses,
  # ./scope.nix
  scope,
}:
let
  inherit (builtins) map;
  inherit (scope) parseChannel readToolchainFile;
  toSourcePath = import ../../nix/toSourcePath.nix { };
  toolchains = ./fixtures/toolchains;
  inStore = builtins.path {
    name = "toolchains";
    path = toolchains;
  };
in
{
  "rust-toolchain.toml and rust-toolchain are read as rustup reads them" =
    is
      (map (name: readToolchainFile (toolchains + "/${name}")) [
        "file"
        "old"
        "components"
        "."
      ])
      [
        {
          file = "rust-toolchain.toml";
          channel = "1.89.0";
          components = [ "llvm-tools" ];
        }
        {
          file = "rust-toolchain";
          channel = "nightly-2026-01-31";
          components = [ ];
        }
        {
          file = "rust-toolchain.toml";
          channel = "stable";
          components = [ "rustfmt" ];
        }
        null
      ];
  "a toolchain in a folder of the machine is refused" = is (refuses (
    readToolchainFile (toolchains + "/path")
  )) true;
  "channels lead to their manifests" =
    is
      (map parseChannel [
        "stable"
        "1.89.0"
        "nightly-2026-01-31"
        "1.89-x86_64-unknown-linux-gnu"
        "esp"
      ])
      [
        {
          channel = "stable";
          isPinned = false;
          manifest = "https://static.rust-lang.org/dist/channel-rust-stable.toml";
        }
        {
          channel = "1.89.0";
          isPinned = true;
          manifest = "https://static.rust-lang.org/dist/channel-rust-1.89.0.toml";
        }
        {
          channel = "nightly";
          isPinned = true;
          manifest = "https://static.rust-lang.org/dist/2026-01-31/channel-rust-nightly.toml";
        }
        {
          channel = "1.89";
          isPinned = true;
          manifest = "https://static.rust-lang.org/dist/channel-rust-1.89.toml";
        }
        null
      ];

  "a source may be a path, an input, or a string in the store, and becomes a path" =
    is
      (
        map (source: toSourcePath source == /. + builtins.unsafeDiscardStringContext "${source}") [
          inStore
          { outPath = inStore; }
        ]
        ++ [ (toSourcePath toolchains == toolchains) ]
      )
      [
        true
        true
        true
      ];
  "a source that is built, or elsewhere, is refused" =
    is
      (map (source: refuses (toSourcePath source)) [
        (derivation {
          name = "source";
          system = "x86_64-linux";
          builder = "/bin/sh";
        })
        "/elsewhere"
        "./."
        1
      ])
      [
        true
        true
        true
        true
      ];
}
