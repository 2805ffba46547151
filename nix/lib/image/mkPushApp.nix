{
  coreutils,
  jq,
  lib,
  skopeo,
  writeShellApplication,
}:

/**
  Make the program `push`, which copies an OCI layout to registries with skopeo: first
  by digest, then to each tag.

  # Type

  ```
  mkPushApp :: { description, image } -> derivation
  ```
*/
{
  # Of ../description/describeImage.nix: the default references are made from `image`
  # and `tags`.
  description,
  # Of ./buildIndex.nix.
  image,
}:
let
  references = lib.optionals (description.image != null) (
    map (tag: "${description.image}:${tag}") description.tags
  );
in
writeShellApplication {
  name = "push";
  runtimeInputs = [
    coreutils
    jq
    skopeo
  ];
  text = ''
    layout=${image}
    references=${lib.escapeShellArg (toString references)}
    ${builtins.readFile ./push.sh}
  '';
}
