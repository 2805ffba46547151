{ craneLib, lib }:

/**
  `muslin-oci-index`, which joins images of single platforms: for the machine that
  builds. It is one derivation, whose sources are those of the tool and of the crate
  `muslin-oci` alone, so that other changes to muslin do not build it again.

  # Type

  ```
  buildIndexTool :: { src :: path } -> derivation
  ```
*/
{
  # muslin's own repository.
  src,
}:
let
  inherit (lib) fileset;
  tool = src + "/nix/index-tool";
  manifest = lib.importTOML (tool + "/Cargo.toml");
in
craneLib.buildPackage {
  pname = manifest.package.name;
  inherit (manifest.package) version;
  src = fileset.toSource {
    root = src;
    fileset = fileset.unions [
      (src + "/crates/oci/Cargo.toml")
      (src + "/crates/oci/src")
      tool
    ];
  };
  cargoVendorDir = craneLib.vendorCargoDeps { cargoLock = tool + "/Cargo.lock"; };
  cargoArtifacts = null;
  cargoToml = tool + "/Cargo.toml";
  cargoLock = tool + "/Cargo.lock";
  postUnpack = "cd source/nix/index-tool && sourceRoot=.";
  strictDeps = true;
  doCheck = false;
  doIncludeCrossToolchainEnv = false;
  cargoExtraArgs = "--locked";
  meta.mainProgram = manifest.package.name;
}
