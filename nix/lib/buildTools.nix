{ craneLib, lib }:

/**
  Build the programs of muslin's that other derivations call, for the machine that builds:

  - `muslin-auditable` puts the list of crates into executables;
  - `muslin-oci-index` joins images under an index.

  Their sources are those of ../tools and of the crates that they use, so that other changes
  to muslin do not build them again.

  # Type

  ```
  buildTools :: { src :: path } -> derivation
  ```
*/
{
  # Muslin's repository.
  src,
}:
let
  inherit (lib) fileset;
  tools = src + "/nix/tools";
  manifest = lib.importTOML (tools + "/Cargo.toml");
  crate = name: [
    (src + "/crates/${name}/Cargo.toml")
    (src + "/crates/${name}/src")
  ];
in
craneLib.buildPackage {
  pname = manifest.package.name;
  inherit (manifest.package) version;
  src = fileset.toSource {
    root = src;
    fileset = fileset.unions (crate "auditable" ++ crate "oci" ++ [ tools ]);
  };
  cargoVendorDir = craneLib.vendorCargoDeps { cargoLock = tools + "/Cargo.lock"; };
  cargoArtifacts = null;
  cargoToml = tools + "/Cargo.toml";
  cargoLock = tools + "/Cargo.lock";
  postUnpack = "cd source/nix/tools && sourceRoot=.";
  strictDeps = true;
  doCheck = false;
  doIncludeCrossToolchainEnv = false;
  cargoExtraArgs = "--locked";
}
