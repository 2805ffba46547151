{ pkgs }:

/**
  What is promised of every package's images, each shown on what was built.

  - `executable-<arch>`: static, for the right machine, without a path of the build.
  - `image-<arch>`: its config says what the description says; it holds the
    executable, CA certificates and nothing else of the store; its size.
  - `image`: the index names exactly the images of the single platforms.

  # Type

  ```
  checks :: { built, image, description } -> { <name> :: derivation; }
  ```
*/
{
  # For each architecture its target, executable and image.
  built,
  # Of ../lib/buildIndex.nix.
  image,
  # Of ../lib/description.nix.
  description,
  # Of ../lib/keepsSymbols.nix.
  keepsSymbols,
}:
let
  inherit (pkgs) lib;

  check =
    name: script: attrs:
    pkgs.runCommand "check-${name}" ({ nativeBuildInputs = [ pkgs.jq ]; } // attrs) ''
      source ${script}
      touch "$out"
    '';

  ofExecutable =
    arch: row:
    check "executable-${arch}" ./executable.sh {
      inherit (row) executable;
      inherit (row.target) architecture;
      inherit (description) bins;
      # Debug information is made of paths.
      searchesPaths = !keepsSymbols;
    };
  ofImage =
    arch: row:
    check "image-${arch}" ./image.sh {
      inherit (row) image executable;
      inherit (row.target) architecture;
      inherit (pkgs) cacert;
      description = builtins.toJSON description;
      # Files of the description may name what else of the store they like.
      checksClosure = description.files == [ ];
    };
  named = prefix: lib.mapAttrs' (arch: value: lib.nameValuePair "${prefix}-${arch}" value);
in
named "executable" (lib.mapAttrs ofExecutable built)
// named "image" (lib.mapAttrs ofImage built)
// {
  image = check "image" ./index.sh {
    inherit image;
    images = lib.mapAttrsToList (_: row: row.image) built;
  };
}
