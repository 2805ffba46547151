{ }:

/**
  Read what a profile says about stripping, with what it inherits.

  - `isSet`: whether the profile sets `strip` or `debug`. Where it sets neither,
    executables are stripped of all symbols.
  - `keepsSymbols`: whether executables keep symbols or debug information, and with
    them the paths of their sources.

  # Type

  ```
  readStripSettings :: { workspaceManifest, cargoConfig, profile }
    -> { isSet, keepsSymbols :: bool }
  ```
*/
{
  # The workspace's Cargo.toml, which holds its profiles.
  workspaceManifest,
  # Result of `readCargoConfig`, whose profiles win.
  cargoConfig,
  # Name of the profile.
  profile,
}:
let
  resolve =
    profile:
    let
      # `debug` is another name of the profile `dev`.
      name = if profile == "debug" then "dev" else profile;
      own = (workspaceManifest.profile.${name} or { }) // (cargoConfig.profile.${name} or { });
    in
    (if own ? inherits then resolve own.inherits else { }) // own;
  settings = resolve profile;
  strip = settings.strip or null;
  isSet = settings ? strip || settings ? debug;
in
{
  inherit isSet;
  keepsSymbols =
    isSet
    && !(builtins.elem strip [
      true
      "symbols"
    ]);
}
