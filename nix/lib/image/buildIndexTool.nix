{ craneLib, lib }:

/**
  Build `muslin-oci-index`, the program that joins images under an index, for the machine
  that builds. Its sources are those of the tool and of the crate `muslin-oci` alone, so
  that other changes to muslin do not build it again.

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
