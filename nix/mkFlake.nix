{ inputs, muslinSrc }:

/**
  Make the outputs of a flake that builds the Rust package in `src` as static musl
  executables and OCI images. docs/reference/flake.md describes outputs and arguments.

  # Type

  ```
  mkFlake :: { self, src, ... } -> { packages, apps, checks, devShells, formatter }
  ```
*/
{
  # The flake, for its revision.
  self,
  # Root of the package or workspace, a path: `./.`.
  src,
  # Directory of the package in a workspace, such as "crates/cli".
  package ? null,
  # Systems that the outputs are made for.
  systems ? import ./systems.nix,
  # Function pkgs: fenix: derivation, with rustc, cargo and the musl targets' std.
  toolchain ? null,
  # In place of the ones in Cargo.toml.
  platforms ? null,
  # In addition to the ones in Cargo.toml.
  features ? [ ],
  # More arguments for cargo, for dependencies and package alike.
  cargoArgs ? [ ],
  # Function pkgs: [ derivation ], the programs that build scripts call.
  nativeBuildInputs ? (_pkgs: [ ]),
  # Environment variables of the build.
  env ? { },
  # Files to include in the source that would be left out.
  extraFiles ? [ ],
  # Directories that are not source, such as "frontend" or "k8s".
  exclude ? [ ],
  # Hashes of git dependencies, by their `source` in Cargo.lock.
  outputHashes ? { },
  # In addition to the ones in Cargo.toml.
  labels ? { },
  # For labels and annotations, in place of the package's.
  version ? null,
  # For labels and annotations.
  revision ? self.rev or self.dirtyRev or null,
  # Replaces OWNER in image, labels and annotations.
  owner ? null,
  # Creation date of the images, RFC 3339.
  created ? "1970-01-01T00:00:00Z",
  # Function pkgs: attrs, overrides arguments of crane.
  extraArgs ? (_pkgs: { }),
  # Function final: prev: attrs, overrides members of the scope in ./lib.
  overrides ? (_final: _prev: { }),
}:
let
  inherit (inputs.nixpkgs) lib;

  requireNixVersion = import ./requireNixVersion.nix { };
  checkArguments = import ./checkArguments.nix {
    inherit lib;
    quoteNames = import ./lib/quoteNames.nix { };
    supportedSystems = import ./systems.nix;
  };
  outputsFor = import ./outputs.nix { inherit inputs muslinSrc; };

  checked = checkArguments { inherit src systems; };
  perSystem = lib.genAttrs checked.systems (
    system:
    outputsFor {
      inherit system toolchain overrides;
      projectArgs = {
        inherit (checked) src;
        inherit
          package
          platforms
          features
          cargoArgs
          nativeBuildInputs
          env
          extraFiles
          exclude
          outputHashes
          labels
          version
          revision
          owner
          created
          extraArgs
          ;
      };
    }
  );
in
requireNixVersion { } (
  lib.genAttrs [
    "packages"
    "apps"
    "checks"
    "devShells"
    "formatter"
  ] (output: lib.mapAttrs (_: outputs: outputs.${output}) perSystem)
)
