{ inputs, muslinSrc }:

/**
  Build the Rust package or workspace in `src` as static musl executables and OCI images.
  docs/reference/flake.md describes results and arguments.

  # Type

  ```
  mkImages :: pkgs -> { src, ... } -> { packages, apps, checks, devShells, images, deps, push }
  ```
*/
# Nixpkgs for the machine that builds.
pkgs:
{
  # Root of the package or workspace: `./.`, `self` or an input.
  src,
  # Directory of the package in a workspace, such as "crates/cli".
  package ? null,
  # Names of the binaries in the image, in place of the ones in Cargo.toml.
  bins ? null,
  # Several images: { <name> = { package, and keys of [package.metadata.muslin] }; }.
  images ? null,
  # A channel, or a function pkgs: fenix: derivation, with rustc, cargo and the musl targets'
  # std, in place of rust-toolchain.toml.
  toolchain ? null,
  # Hash of the manifest of a pinned release.
  toolchainHash ? null,
  # In place of the ones in Cargo.toml.
  platforms ? null,
  # In addition to the ones in Cargo.toml.
  features ? [ ],
  # More arguments for cargo, for dependencies and package alike.
  cargoArgs ? [ ],
  # Function pkgs: [ derivation ] or pkgs: target: [ derivation ], the programs that build
  # scripts call.
  nativeBuildInputs ? (_pkgs: [ ]),
  # The same for libraries.
  buildInputs ? (_pkgs: [ ]),
  # Environment variables of the build.
  env ? { },
  # Files to include in the source that would be left out.
  extraFiles ? [ ],
  # Directories that are not source, such as "frontend" or "k8s".
  exclude ? [ ],
  # Hashes of git dependencies, by their `source` in Cargo.lock.
  outputHashes ? { },
  # Function craneLib: [ registry ], registries besides crates.io.
  registries ? (_craneLib: [ ]),
  # In addition to the ones in Cargo.toml.
  labels ? { },
  # For labels and annotations, in place of the package's.
  version ? null,
  # For labels and annotations.
  revision ? null,
  # Replaces OWNER in image, labels and annotations.
  owner ? null,
  # Creation date of the images, RFC 3339.
  created ? "1970-01-01T00:00:00Z",
  # Names of checks of the code: clippy, fmt, test, doctest, deny.
  checks ? [ ],
  # Strings in executables that look like a path of the build, and are none.
  allowedPaths ? [ ],
  # Function pkgs: [ derivation ], more packages for the development shell; null for none.
  devShell ? (_pkgs: [ ]),
  # Function pkgs: target: previous: attrs, extends arguments of crane.
  extraArgs ? (
    _pkgs: _target: _previous:
    { }
  ),
  # Function final: prev: attrs, overrides members of the scope in ./lib.
  overrides ? (_final: _prev: { }),
  # Refused by name, with the arguments that there are.
  ...
}@arguments:
let
  inherit (pkgs) lib;
  inherit (pkgs.stdenv.hostPlatform) system;

  checkArguments = import ./checkArguments.nix { quoteNames = import ./lib/quoteNames.nix { }; };
  toSourcePath = import ./toSourcePath.nix { };
  sourcePath = toSourcePath src;

  scope =
    (import ./lib {
      inherit
        pkgs
        muslinSrc
        toolchain
        toolchainHash
        registries
        ;
      src = sourcePath;
      fenix =
        inputs.fenix.packages.${system}
          or (throw "muslin: the flake input `fenix` has no packages for the system `${system}`");
      mkCraneLib = inputs.crane.mkLib;
    }).overrideScope
      overrides;
  inherit (scope) callPackage;

  project = scope.buildProject {
    inherit
      images
      package
      bins
      platforms
      features
      cargoArgs
      nativeBuildInputs
      buildInputs
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
    src = sourcePath;
  };
in
builtins.seq (checkArguments "mkImages" arguments) {
  inherit (project) images deps push;
  # For muslin's own checks.
  inherit scope project;

  packages = callPackage ./packages.nix { } project;
  apps = callPackage ./apps.nix { } project;
  checks =
    callPackage ./checks { } {
      inherit (project) images;
      inherit allowedPaths;
    }
    // callPackage ./checks/code.nix { } {
      inherit
        project
        checks
        cargoArgs
        nativeBuildInputs
        buildInputs
        env
        ;
      src = sourcePath;
    };
  devShells = lib.optionalAttrs (devShell != null) {
    default = callPackage ./devShell.nix { } { packages = devShell pkgs; };
  };
}
