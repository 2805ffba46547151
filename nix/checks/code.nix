{
  callInputs,
  callPackage,
  craneLib,
  devToolchain,
  lib,
  pkgs,
  quoteNames,
  stdenv,
  targets,
}:

/**
  Make the checks of the user's own code that `checks` names, for the machine that builds.
  They share a layer of dependencies of their own, `deps`, because tests need dependencies that
  images do not, and are compiled with debug assertions.

  - `clippy`: warnings are errors.
  - `fmt`: the code is formatted as rustfmt does.
  - `test`: cargo-nextest runs unit and integration tests.
  - `doctest`: examples in documentation run.
  - `deny`: cargo-deny on bans, licences and sources; advisories need the network.

  # Type

  ```
  codeChecks :: { checks :: [ string ], src, ... } -> { <name> = derivation; }
  ```
*/
{
  # Result of `buildProject`.
  project,
  # As in mkImages.
  src,
  checks,
  cargoArgs,
  nativeBuildInputs,
  buildInputs,
  env,
}:
let
  inherit (lib) fileset;

  # crane's cargoNextest wants the name, and uses it for coverage alone.
  devCraneLib = (craneLib.overrideToolchain devToolchain).overrideScope (
    _final: _prev: { cargo-llvm-cov = pkgs.cargo-llvm-cov or null; }
  );
  buildDeps = callPackage ../lib/build/buildDeps.nix { craneLib = devCraneLib; };

  # Tests may read any file.
  unused = map (name: fileset.maybeMissing (src + "/${name}")) [
    ".github"
    "flake.lock"
    "flake.nix"
    "result"
    "target"
  ];
  sources = fileset.toSource {
    root = src;
    fileset = fileset.difference src (fileset.unions unused);
  };

  target = lib.findFirst (target: target.cpu == stdenv.hostPlatform.parsed.cpu.name) targets.amd64 (
    lib.attrValues targets
  );
  features = lib.unique (lib.concatMap (layer: layer.features) (lib.attrValues project.layers));
  commonArgs = {
    inherit (project) cargoVendorDir;
    inherit env;
    pname = "checks";
    version = "0.0.0";
    strictDeps = true;
    nativeBuildInputs = callInputs target nativeBuildInputs;
    buildInputs = callInputs target buildInputs;
    # These builds are not shipped, so they are those that compile fastest.
    CARGO_PROFILE = "dev";
    cargoExtraArgs = lib.escapeShellArgs (
      [
        "--locked"
        "--workspace"
      ]
      ++ lib.optionals (features != [ ]) [
        "--features"
        (lib.concatStringsSep "," features)
      ]
      ++ cargoArgs
    );
  };

  runsTests = lib.elem "test" checks || lib.elem "doctest" checks;
  deps = buildDeps {
    src = project.dummySrc;
    name = "checks";
    commonArgs = commonArgs // {
      # Clippy takes up what `cargo check` leaves, tests what `cargo test` does.
      cargoCheckCommand = if lib.elem "clippy" checks then "cargoWithProfile check" else "true";
      cargoCheckExtraArgs = "--all-targets";
      cargoBuildCommand = "true";
      doCheck = runsTests;
    };
  };
  args = commonArgs // {
    src = sources;
    cargoArtifacts = deps;
    doInstallCargoArtifacts = false;
  };

  available = {
    clippy = devCraneLib.cargoClippy (
      args // { cargoClippyExtraArgs = "--all-targets -- --deny warnings"; }
    );
    fmt = devCraneLib.cargoFmt {
      inherit (commonArgs) pname version;
      src = sources;
      cargoExtraArgs = "--all";
    };
    test = devCraneLib.cargoNextest (args // { cargoNextestExtraArgs = "--no-tests pass"; });
    doctest = devCraneLib.cargoDocTest args;
    deny = devCraneLib.cargoDeny (removeAttrs args [ "cargoExtraArgs" ]);
  };
in
lib.genAttrs checks (
  name:
  available.${name}
    or (throw "muslin: `${name}` in `checks` is not a check; there are ${quoteNames (lib.attrNames available)}")
)
