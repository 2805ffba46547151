{
  cacert,
  jq,
  lib,
  runCommand,
}:

/**
  Make the checks of a project. They test what was built:

  - `executable-<arch>`: static, for the right machine, with the list of their crates, without
    paths of the build.
  - `image-<arch>`: the config is as described, and of the store the image contains the
    executable and the CA certificates only.
  - `image`: the index contains exactly the images of the single platforms.

  Those of one of several images begin with its name.

  # Type

  ```
  checks :: { images, allowedPaths } -> { <name> = derivation; }
  ```
*/
{
  # From the result of `buildProject`.
  images,
  # As in mkImages.
  allowedPaths,
}:
let
  runCheck =
    name: script: env:
    runCommand "check-${name}" ({ nativeBuildInputs = [ jq ]; } // env) ''
      source ${script}
      touch "$out"
    '';

  checksOf =
    {
      prefix,
      description,
      stripSettings,
      builds,
      index,
      ...
    }:
    let
      forEachTarget =
        what: check:
        lib.mapAttrs' (
          arch: build:
          let
            name = "${prefix}${what}-${arch}";
          in
          lib.nameValuePair name (check name build)
        ) builds;

      checkExecutable =
        name: build:
        runCheck name ./executable.sh {
          inherit (build) executable;
          inherit (build.target) architecture;
          inherit (description) bins;
          # Debug information consists of paths.
          searchesPaths = !stripSettings.keepsSymbols;
          allowedPaths = lib.concatStringsSep "\n" allowedPaths;
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
      "${prefix}image" = runCheck "${prefix}image" ./index.sh {
        image = index;
        images = lib.mapAttrsToList (_: build: build.image) builds;
      };
    };
in
lib.concatMapAttrs (_: checksOf) images
