{
  cacert,
  jq,
  lib,
  runCommand,
}:

/**
  Make the checks of a project. They test what was built:

  - `executable-<arch>`: static, for the right machine, without paths of the build.
  - `image-<arch>`: the config is as described, and of the store the image contains the
    executable and the CA certificates only.
  - `image`: the index contains exactly the images of the single platforms.

  # Type

  ```
  checks :: { description, stripSettings, builds, image, ... } -> { <name> = derivation; }
  ```
*/
# Result of `buildProject`.
{
  description,
  stripSettings,
  builds,
  image,
  ...
}:
let
  runCheck =
    name: script: env:
    runCommand "check-${name}" ({ nativeBuildInputs = [ jq ]; } // env) ''
      source ${script}
      touch "$out"
    '';
  forEachTarget =
    prefix: check:
    lib.mapAttrs' (
      arch: build: lib.nameValuePair "${prefix}-${arch}" (check "${prefix}-${arch}" build)
    ) builds;

  checkExecutable =
    name: build:
    runCheck name ./executable.sh {
      inherit (build) executable;
      inherit (build.target) architecture;
      inherit (description) bins;
      # Debug information consists of paths.
      searchesPaths = !stripSettings.keepsSymbols;
    };
  checkImage =
    name: build:
    runCheck name ./image.sh {
      inherit (build) image executable;
      inherit (build.target) architecture;
      inherit cacert;
      description = builtins.toJSON description;
      # Files of the description may refer to other store paths.
      checksClosure = description.files == [ ];
    };
in
forEachTarget "executable" checkExecutable
// forEachTarget "image" checkImage
// {
  image = runCheck "image" ./index.sh {
    inherit image;
    images = lib.mapAttrsToList (_: build: build.image) builds;
  };
}
