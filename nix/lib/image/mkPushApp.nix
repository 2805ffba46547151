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
  # Result of `describeImage`: the default references are made from `image`
  # and `tags`.
  description,
  # Result of `buildIndex`.
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
