{
  craneLib,
  lib,
  toTOML,
  writeText,
}:

/**
  Build the dependencies of a package with crane's `buildDepsOnly`. The derivation does
  not depend on source files, documentation, version or revision of the package.

  # Type

  ```
  buildDeps :: { name, src, maskedVersions, commonArgs, hostDeps ? null } -> derivation
  ```
*/
{
  # Name of the derivation, without "-deps".
  name,
  # The manifests of the workspace, from `selectSources`.
  src,
  # Result of `maskVersions`.
  maskedVersions,
  # Result of `mkCommonArgs`.
  commonArgs,
  # Result of `buildHostDeps`, or null.
  hostDeps ? null,
}:
let
  root = toString (src.origSrc or src);
  # The directory of a manifest, relative to the workspace's.
  directoryOf =
    manifest:
    lib.removePrefix "/" (
      lib.removePrefix root (builtins.unsafeDiscardStringContext (dirOf (toString manifest)))
    );
  maskingCraneLib = craneLib.overrideScope (
    _final: prev: {
      cleanCargoToml =
        args: maskedVersions.maskManifest (directoryOf args.cargoToml) (prev.cleanCargoToml args);
      writeTOML = name: value: writeText name (toTOML value);
    }
  );
in
(maskingCraneLib.buildDepsOnly (
  commonArgs
  // {
    inherit src;
    pname = name;
    version = "0.0.0";
    cargoLock = builtins.toFile "Cargo.lock" maskedVersions.cargoLock;
    # `cargo build` cannot use what `cargo check` produces.
    cargoCheckCommand = commonArgs.cargoCheckCommand or "true";
  }
)).overrideAttrs
  # crane's function takes none.
  (if hostDeps == null then { } else { cargoArtifacts = hostDeps; })
