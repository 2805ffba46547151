/**
  Whether the executables of a profile keep symbols or debug information, which hold
  paths of where their sources were: what a profile says of stripping is obeyed, and
  where it says nothing all is stripped.

  # Type

  ```
  keepsSymbols :: attrs -> string -> bool
  ```
*/
manifest: profile:
let
  says = import ./saysStrip.nix manifest profile;
  # The nearest profile of the chain that has `strip`.
  strip =
    profile:
    let
      name = if profile == "debug" then "dev" else profile;
      found = manifest.profile.${name} or { };
    in
    found.strip or (if found ? inherits then strip found.inherits else null);
  chosen = strip profile;
in
says && chosen != true && chosen != "symbols"
