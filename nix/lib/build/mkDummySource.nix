{
  craneLib,
  lib,
  toTOML,
  writeText,
}:

/**
  Make the source that dependencies are compiled from with crane's `mkDummySrc`: the
  manifests of a workspace without its versions, and empty crates. One serves all layers
  and platforms: crane reads every manifest for it.

  # Type

  ```
  mkDummySource :: { src, maskedVersions } -> derivation
  ```

  The result has a function `for :: attrs -> derivation`: the same with `extraDummyScript`
  of these arguments for crane, where they have it.
*/
{
  # The manifests of the workspace, from `selectSources`.
  src,
  # Result of `maskVersions`.
  maskedVersions,
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
  withScript =
    extraDummyScript:
    maskingCraneLib.mkDummySrc {
      inherit src extraDummyScript;
      cargoLock = builtins.toFile "Cargo.lock" maskedVersions.cargoLock;
    };
in
withScript ""
// {
  for = args: if args ? extraDummyScript then withScript args.extraDummyScript else withScript "";
}
