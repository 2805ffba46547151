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
  inherit (scope) readRustflags readStripSettings;

  strip =
    profiles: profile:
    readStripSettings {
      workspaceManifest.profile = profiles;
      inherit profile;
    };

  fixtures = ./fixtures/manifests;
in
{
  "build.rustflags are read" = is (readRustflags (fixtures + "/flags-of-build")) [
    "--cfg"
    "a"
  ];
  "rustflags of a musl target override build.rustflags" = is (readRustflags (
    fixtures + "/flags-of-target"
  )) [ ];
  "rustflags of another system do not" = is (readRustflags (fixtures + "/flags-of-windows")) [
    "--cfg"
    "b"
  ];
  "without a configuration there are no rustflags" = is (readRustflags (fixtures + "/binaries")) [ ];
  "a profile without strip and debug has no strip setting" = holds (!(strip { } "release").isSet);
  "a profile inherits its strip setting" =
    holds
      (strip {
        dist.inherits = "release";
        release.strip = false;
      } "dist").isSet;
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
