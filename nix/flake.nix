{ inputs, muslinSrc }:

/**
  The outputs of a flake that turns the Rust package in `src` into static musl
  executables and OCI images. docs/reference/flake.md says what each output is.

  # Type

  ```
  mkFlake :: { self, src, ... } -> flake outputs
  ```
*/
{
  # The flake, for its revision and date.
  self,
  # Root of the package or workspace: `./.`, a path, so that parts can be chosen.
  src,
  # Folder of the package in a workspace, such as "crates/cli".
  package ? null,
  # What may build; all of them build for all platforms.
  systems ? [
    "x86_64-linux"
    "aarch64-linux"
    "aarch64-darwin"
  ],
  # pkgs: fenix: a derivation with rustc, cargo and the musl targets' std.
  toolchain ? null,
  # In the place of those of Cargo.toml.
  platforms ? null,
  # Added to those of Cargo.toml.
  features ? [ ],
  # More arguments of cargo, for dependencies and package alike.
  cargoArgs ? [ ],
  # pkgs: programs that build scripts call.
  nativeBuildInputs ? (_pkgs: [ ]),
  # Variables of the build.
  env ? { },
  # Files that are compiled in and would be left out.
  extraFiles ? [ ],
  # Hashes of git dependencies, by their `source` in Cargo.lock.
  outputHashes ? { },
  # Added to those of Cargo.toml.
  labels ? { },
  # In the labels, in the place of the package's.
  version ? null,
  # In the labels.
  revision ? self.rev or self.dirtyRev or null,
  # In the place of OWNER in image, labels and annotations.
  owner ? null,
  # `created` of the images, RFC 3339.
  created ? "1970-01-01T00:00:00Z",
  # pkgs: the last word in what crane gets.
  extraArgs ? (_pkgs: { }),
}:
let
  inherit (inputs.nixpkgs) lib;

  known = [
    "x86_64-linux"
    "aarch64-linux"
    "aarch64-darwin"
  ];
  checkedSystem =
    system:
    if lib.elem system known then
      system
    else
      throw "muslin: `systems` of `mkFlake` has `${system}`, which builds no images; it takes ${
        lib.concatMapStringsSep ", " (name: "`${name}`") known
      }";
  checkedSrc =
    if builtins.isPath src then
      src
    else
      throw "muslin: `src` of `mkFlake` is ${builtins.typeOf src}; write `src = ./.;`, a path, without quotes: parts of it are chosen";

  outputsOf = import ./outputs.nix { inherit inputs muslinSrc; };
  perSystem = lib.genAttrs (map checkedSystem systems) (
    system:
    outputsOf {
      inherit system;
      args = {
        inherit
          package
          toolchain
          platforms
          features
          cargoArgs
          nativeBuildInputs
          env
          extraFiles
          outputHashes
          labels
          version
          revision
          owner
          created
          extraArgs
          ;
        src = checkedSrc;
      };
    }
  );
in
import ./lib/requireNix.nix { } (
  lib.genAttrs [
    "packages"
    "apps"
    "checks"
    "devShells"
    "formatter"
  ] (output: lib.mapAttrs (_: outputs: outputs.${output}) perSystem)
)
