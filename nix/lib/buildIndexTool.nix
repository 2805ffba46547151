{
  craneLib,
  pkgs,
  toTOML,
  source,
}:

/**
  muslin itself, with `muslin index` alone: for the machine that builds, small and
  quick to compile.

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
  manifest = import ./manifest.nix { inherit src; };
  own = source {
    inherit src;
    manifests."" = manifest.root;
  };
  lock = builtins.readFile (src + "/Cargo.lock");
  mask = import ./maskVersion.nix {
    inherit lock;
    manifests = [ manifest.root ];
  };
  args = {
    strictDeps = true;
    doCheck = false;
    doIncludeCrossToolchainEnv = false;
    cargoVendorDir = craneLib.vendorCargoDeps { cargoLockContents = lock; };
    cargoExtraArgs = "--locked --no-default-features --features index";
    env.CARGO_PROFILE = "index";
  };
in
craneLib.buildPackage (
  args
  // {
    inherit (manifest) version;
    pname = "muslin-index";
    src = own.files;
    cargoArtifacts = import ./buildDeps.nix { inherit craneLib pkgs toTOML; } {
      inherit mask;
      name = "muslin-index";
      source = own.unlocked;
      commonArgs = args;
    };
    meta.mainProgram = "muslin";
  }
)
