{
  craneLib,
  toTOML,
  pkgs,
}:

/**
  The dependencies of a package, compiled for one platform: a layer that neither
  source, version, revision nor documents of the package can change.

  # Type

  ```
  buildDeps :: { name, source, mask, commonArgs } -> derivation
  ```
*/
{
  # Of the derivation.
  name,
  # The workspace without its lock file, of ./source.nix.
  source,
  # Of ./maskVersion.nix.
  mask,
  # Of ./commonArgs.nix.
  commonArgs,
}:
let
  masked = craneLib.overrideScope (
    _final: prev: {
      cleanCargoToml = args: mask.manifest (prev.cleanCargoToml args);
      writeTOML = file: value: pkgs.writeText file (toTOML value);
    }
  );
in
masked.buildDepsOnly (
  commonArgs
  // {
    pname = name;
    version = "0.0.0";
    src = source;
    cargoLock = builtins.toFile "Cargo.lock" mask.lock;
    # What comes of `cargo check` is not what `cargo build` can use.
    cargoCheckCommand = "true";
  }
)
