{
  buildDeps,
  craneLib,
  maskVersions,
  readCargoLock,
  readCargoPackage,
  selectSources,
}:

/**
  Build the program that joins images under an index: `muslin` with the command `index`
  alone, for the machine that builds.

  # Type

  ```
  buildIndexTool :: { src :: path } -> derivation
  ```
*/
{
  # Muslin's repository.
  src,
}:
let
  cargoPackage = readCargoPackage { inherit src; };
  cargoLock = readCargoLock src;
  sources = selectSources {
    inherit src;
    inherit (cargoPackage) manifests;
  };
  commonArgs = {
    strictDeps = true;
    doCheck = false;
    doIncludeCrossToolchainEnv = false;
    cargoVendorDir = craneLib.vendorCargoDeps { cargoLockContents = cargoLock; };
    cargoExtraArgs = "--locked --no-default-features --features index";
    env.CARGO_PROFILE = "index";
  };
in
craneLib.buildPackage (
  commonArgs
  // {
    inherit (cargoPackage) version;
    pname = "muslin-index";
    src = sources.withLock;
    cargoArtifacts = buildDeps {
      name = "muslin-index";
      src = sources.withoutLock;
      maskedVersions = maskVersions {
        inherit cargoLock;
        manifests = builtins.attrValues cargoPackage.manifests;
      };
      inherit commonArgs;
    };
    meta.mainProgram = "muslin";
  }
)
