{
  lib,
  runCommand,
  toolchain,
  toTOML,
  writeText,
  zigLinker,
}:

/**
  Build a zig cache that contains musl's C library for one target and profile. Zig
  compiles that library when it first links, which takes most of a minute; with this
  cache a link takes a second.

  # Type

  ```
  buildZigCache :: { target, profile, profiles, rustflags, stripSettings } -> derivation
  ```
*/
{
  # A target, as in ../targets.nix.
  target,
  # Name of the profile.
  profile,
  # `[profile]` of the workspace's Cargo.toml.
  profiles,
  # Result of `readRustflags`.
  rustflags,
  # Result of `readStripSettings`.
  stripSettings,
}:
let
  # These tables name packages, which the empty program does not depend on.
  withoutPackages = lib.mapAttrs (
    _: table:
    removeAttrs table [
      "package"
      "build-override"
    ]
  ) profiles;
in
runCommand "zig-cache-${target.architecture}-${profile}"
  {
    nativeBuildInputs = [
      toolchain
      zigLinker
    ];
    manifest = writeText "Cargo.toml" (toTOML {
      package = {
        name = "empty";
        version = "0.0.0";
        edition = "2021";
      };
      profile = withoutPackages;
      workspace = { };
    });
    preBuild = ./pre-build.sh;
    cargoBuildCommand = "cargo zigbuild --profile ${lib.escapeShellArgs [ profile ]}";
    muslinCargoArgs = lib.escapeShellArgs (
      lib.optionals (!stripSettings.isSet) [
        "--config"
        "profile.${profile}.strip=\"symbols\""
      ]
    );
    muslinTriple = target.triple;
    muslinRustflags = lib.concatStringsSep "\n" rustflags;
  }
  ''
    source ${./zig-cache.sh}
  ''
