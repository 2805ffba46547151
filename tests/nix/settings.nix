/**
  Tests of reading what a project sets for cargo: flags and profiles.

  # Type

  ```
  settings :: { is, holds, scope } -> { <test> = { found, wanted, ok }; }
  ```
*/
{
  # Functions of ./default.nix.
  is,
  holds,
  # ./scope.nix
  scope,
}:
let
  inherit (scope) readCargoConfig readRustflags readStripSettings;

  rustflagsOf = fixture: readRustflags (readCargoConfig (fixtures + "/${fixture}"));

  stripWith =
    config: profiles: profile:
    readStripSettings {
      workspaceManifest.profile = profiles;
      cargoConfig.profile = config;
      inherit profile;
    };
  strip = stripWith { };

  fixtures = ./fixtures/manifests;
in
{
  "build.rustflags are read" = is (rustflagsOf "flags-of-build") [
    "--cfg"
    "a"
  ];
  "rustflags of a musl target override build.rustflags" = is (rustflagsOf "flags-of-target") [ ];
  "rustflags of another system do not" = is (rustflagsOf "flags-of-windows") [
    "--cfg"
    "b"
  ];
  "without a configuration there are no rustflags" = is (rustflagsOf "binaries") [ ];
  "a profile without strip and debug has no strip setting" = holds (!(strip { } "release").isSet);
  "a profile inherits its strip setting" =
    holds
      (strip {
        dist.inherits = "release";
        release.strip = false;
      } "dist").isSet;
  "profiles of cargo's configuration win" =
    let
      config.release.strip = false;
      settings = stripWith config { release.strip = true; } "release";
    in
    holds (settings.isSet && settings.keepsSymbols);
  "`debug` is the profile `dev`" = holds (strip { dev.strip = true; } "debug").isSet;
  "symbols are kept only where the profile keeps them" =
    is
      (map (profile: (strip { release = profile; } "release").keepsSymbols) [
        { }
        { strip = true; }
        { strip = "symbols"; }
        { strip = "debuginfo"; }
        { strip = false; }
        { debug = 1; }
        {
          debug = 1;
          strip = "symbols";
        }
      ])
      [
        false
        false
        false
        true
        true
        true
        false
      ];
  "an inherited strip setting applies to debug information" = holds (
    !(strip {
      dist = {
        inherits = "release";
        debug = 1;
      };
      release.strip = true;
    } "dist").keepsSymbols
  );
  "a profile with debug information is not stripped" =
    holds
      (strip { release.debug = 1; } "release").isSet;
}
