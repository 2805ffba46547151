{ pkgs, muslinIndex }:

/**
  The images of single platforms as one OCI layout, whose index names exactly them.

  # Type

  ```
  buildIndex :: { description, images :: [ derivation ] } -> derivation
  ```
*/
{
  # Of ./description.nix.
  description,
  # Of ./buildImage.nix.
  images,
}:
let
  inherit (pkgs) lib;
in
pkgs.runCommand "${description.name}-image"
  {
    nativeBuildInputs = [ muslinIndex ];
    passthru = {
      inherit images;
    };
  }
  ''
    export HOME="$TMPDIR"
    muslin-oci-index --to "oci:$out" ${
      lib.escapeShellArgs (
        lib.concatMap (tag: [
          "--tag"
          tag
        ]) description.tags
        ++ map (image: "docker-archive:${image}") images
      )
    }
  ''
