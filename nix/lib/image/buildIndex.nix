{
  tools,
  lib,
  runCommand,
}:

/**
  Build an OCI image layout with an index of the given single-platform images.

  # Type

  ```
  buildIndex :: { description, images :: [ derivation ] } -> derivation
  ```
*/
{
  # Result of `describeImage`.
  description,
  # Results of `buildImage`, one for each platform.
  images,
}:
let
  tags = lib.concatMap (tag: [
    "--tag"
    tag
  ]) description.tags;
  archives = map (image: "docker-archive:${image}") images;
in
runCommand "${description.name}-image"
  {
    nativeBuildInputs = [ tools ];
    passthru = {
      inherit images;
    };
  }
  ''
    export HOME="$TMPDIR"
    muslin-oci-index --to "oci:$out" ${lib.escapeShellArgs (tags ++ archives)}
  ''
