{
  coreutils,
  jq,
  lib,
  skopeo,
  writeShellApplication,
  writeText,
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
  # skopeo reads no image without a policy, and a machine without podman or Docker's
  # packages has none in /etc/containers.
  policy = writeText "policy.json" (
    builtins.toJSON { default = [ { type = "insecureAcceptAnything"; } ]; }
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
    policy=${policy}
    references=${lib.escapeShellArg (toString references)}
    ${builtins.readFile ./push.sh}
  '';
}
