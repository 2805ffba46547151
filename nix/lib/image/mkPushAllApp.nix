{ lib, writeShellApplication }:

/**
  Make the program `push` of several images, which pushes each of them. Of one image it
  is that image's.

  # Type

  ```
  mkPushAllApp :: { <name> = { description, push, ... }; } -> derivation
  ```
*/
# `images` of `buildProject`.
images:
let
  names = lib.attrNames images;
  unnamed = lib.filter (name: images.${name}.description.image == null) names;
in
if lib.length names == 1 then
  (lib.head (lib.attrValues images)).push
else
  writeShellApplication {
    name = "push";
    text = ''
      programs=${lib.escapeShellArg (toString (map (name: lib.getExe images.${name}.push) names))}
      names=${lib.escapeShellArg (toString names)}
      unnamed=${lib.escapeShellArg (toString unnamed)}
      ${builtins.readFile ./push-all.sh}
    '';
  }
