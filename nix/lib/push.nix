{ pkgs }:

/**
  A program that pushes the image of all platforms with skopeo.

  # Type

  ```
  push :: { description, image } -> derivation
  ```
*/
{
  # Of ./description.nix.
  description,
  # Of ./buildIndex.nix.
  image,
}:
let
  inherit (pkgs) lib;

  references = lib.optionals (description.image != null) (
    map (tag: "${description.image}:${tag}") description.tags
  );
in
pkgs.writeShellApplication {
  name = "push";
  runtimeInputs = [
    pkgs.coreutils
    pkgs.jq
    pkgs.skopeo
  ];
  text = ''
    layout=${image}
    references=${lib.escapeShellArg (toString references)}
    ${builtins.readFile ../push.sh}
  '';
}
