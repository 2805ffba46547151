{
  lib,
  runCommand,
  toolchain,
  toTOML,
  writeText,
  zigLinker,
}:

/**
  Build what links for one target and profile: cargo-zigbuild's compiler wrappers, the
  variables that lead cargo to them, and a zig cache with musl's C library. Zig compiles
  that library when it first links, which takes most of a minute; with this cache a link
  takes a second. Wrappers in the store have the same path in every build, and cargo and
  the cc crate compile again what was compiled with wrappers elsewhere.

  - `wrappers/`: the wrappers.
  - `environment.sh`: exports the variables.
  - `zig-cache/`: to be copied, because zig writes to it.

  # Type

  ```
  buildLinker :: { target, profile, profiles, rustflags, stripSettings } -> derivation
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
runCommand "linker-${target.architecture}-${profile}"
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
    muslinCargoArgs = lib.escapeShellArgs (
      [
        "--profile"
        profile
        "--target"
        target.triple
      ]
      ++ lib.optionals (!stripSettings.isSet) [
        "--config"
        "profile.${profile}.strip=\"symbols\""
      ]
    );
    muslinTriples = target.triple;
    muslinRustflags = lib.concatStringsSep "\n" rustflags;
  }
  ''
    source ${./link-empty.sh}
  ''
