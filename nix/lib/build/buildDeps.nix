{ craneLib }:

/**
  Build the dependencies of a package with crane's `buildDepsOnly`. The derivation does
  not depend on source files, documentation, version or revision of the package.

  # Type

  ```
  buildDeps :: { name, dummySrc, commonArgs, hostDeps ? null } -> derivation
  ```
*/
{
  # Name of the derivation, without "-deps".
  name,
  # Result of `mkDummySource`.
  dummySrc,
  # Result of `mkCommonArgs`.
  commonArgs,
  # Result of `buildHostDeps`, or null.
  hostDeps ? null,
}:
(craneLib.buildDepsOnly (
  {
    dummySrc =
      if commonArgs ? extraDummyScript then dummySrc.withScript commonArgs.extraDummyScript else dummySrc;
  }
  // commonArgs
  // {
    pname = name;
    version = "0.0.0";
    # `cargo build` cannot use what `cargo check` produces.
    cargoCheckCommand = commonArgs.cargoCheckCommand or "true";
  }
)).overrideAttrs
  # crane's function takes none.
  (if hostDeps == null then { } else { cargoArtifacts = hostDeps; })
