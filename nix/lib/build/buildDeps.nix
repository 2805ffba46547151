{ craneLib }:

/**
  Build dependencies with crane's `buildDepsOnly`.

  # Type

  ```
  buildDeps :: { name, src, commonArgs, cargoArtifacts ? null } -> derivation
  ```
*/
{
  # Name of the derivation, without "-deps".
  name,
  # What is compiled: a result of `mkDummySource`, or of `selectSources`.
  src,
  # Result of `mkCommonArgs`.
  commonArgs,
  # The layer that this one begins with: another result, or null.
  cargoArtifacts ? null,
}:
(craneLib.buildDepsOnly (
  removeAttrs commonArgs [ "extraDummyScript" ]
  // {
    dummySrc = src;
    pname = name;
    version = "0.0.0";
    # `cargo build` cannot use what `cargo check` produces.
    cargoCheckCommand = commonArgs.cargoCheckCommand or "true";
  }
)).overrideAttrs
  # crane's function takes none.
  (if cargoArtifacts == null then { } else { inherit cargoArtifacts; })
