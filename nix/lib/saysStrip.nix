/**
  Whether a manifest says for a profile, or one that it inherits from, what of an
  executable is to be stripped, or that debug information is wanted.

  # Type

  ```
  saysStrip :: attrs -> string -> bool
  ```
*/
manifest: profile:
let
  name = if profile == "debug" then "dev" else profile;
  found = manifest.profile.${name} or { };
in
found ? strip
|| found ? debug
|| (found ? inherits && import ./saysStrip.nix manifest found.inherits)
