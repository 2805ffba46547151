{ pkgs, toTOML }:

/**
  zig's cache with the C library for one target, profile and its flags: with it a
  link takes a second, without it most of a minute.

  # Type

  ```
  zigCache :: { target, toolchain, profile, profiles, saysStrip, rustflags } -> derivation
  ```
*/
{
  # A row of ../targets.nix.
  target,
  # With rustc and cargo.
  toolchain,
  # The name of the profile.
  profile,
  # `[profile]` of the workspace.
  profiles,
  saysStrip,
  rustflags,
}:
let
  inherit (pkgs.lib) escapeShellArgs optionals;

  # Tables for single packages name what an empty program does not have.
  plain = pkgs.lib.mapAttrs (
    _: table:
    removeAttrs table [
      "package"
      "build-override"
    ]
  ) profiles;
in
pkgs.runCommand "zig-cache-${target.architecture}-${profile}"
  {
    nativeBuildInputs = [
      toolchain
      pkgs.cargo-zigbuild
    ];
    manifest = pkgs.writeText "Cargo.toml" (toTOML {
      package = {
        name = "empty";
        version = "0.0.0";
        edition = "2021";
      };
      profile = plain;
      workspace = { };
    });
    preBuild = ../pre-build.sh;
    cargoBuildCommand = "cargo zigbuild --profile ${escapeShellArgs [ profile ]}";
    muslinCargoArgs = escapeShellArgs (
      optionals (!saysStrip) [
        "--config"
        "profile.${profile}.strip=\"symbols\""
      ]
    );
    muslinTriple = target.triple;
    muslinRustflags = pkgs.lib.concatStringsSep "\n" rustflags;
  }
  ''
    source ${../zig-cache.sh}
  ''
