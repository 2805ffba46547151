{
  actionlint,
  callPackage,
  craneLib,
  deadnix,
  devToolchain,
  lib,
  nixfmt,
  runCommand,
  shellcheck,
  statix,
  stdenv,
  zizmor,
}:

/**
  Make the checks of muslin's own repository: lints and tests of its Rust code, lints of
  Nix files, shell scripts and workflows, and the claims in tests/nix/drv-paths.nix.

  # Type

  ```
  repositoryChecks :: { src, project, mkFlake, mkImages, pkgs }
    -> { <name> = derivation; }
  ```
*/
{
  # The repository, a path.
  src,
  # Result of `buildProject` for it.
  project,
  # ../mkFlake.nix, with its dependencies.
  mkFlake,
  mkImages,
  pkgs,
}:
let
  inherit (lib) fileset;

  toSource =
    files:
    fileset.toSource {
      root = src;
      fileset = files;
    };
  rustFiles = toSource (
    fileset.unions [
      (src + "/benches")
      (src + "/Cargo.lock")
      (src + "/Cargo.toml")
      (src + "/clippy.toml")
      (src + "/deny.toml")
      (src + "/rustfmt.toml")
      (src + "/README.md")
      (src + "/crates")
      (src + "/docs")
      (src + "/src")
      (src + "/tests")
    ]
  );
  nixFiles = toSource (fileset.fileFilter (file: file.hasExt "nix") src);
  shellFiles = toSource (fileset.fileFilter (file: file.hasExt "sh") src);

  devCraneLib = craneLib.overrideToolchain devToolchain;
  buildDeps = callPackage ../lib/build/buildDeps.nix { craneLib = devCraneLib; };
  commonArgs = {
    inherit (project) cargoVendorDir;
    pname = "muslin";
    version = "0.0.0";
    src = rustFiles;
    strictDeps = true;
    # These builds are not shipped, so they are those that compile fastest.
    CARGO_PROFILE = "dev";
    cargoBuildCommand = "true";
  };
  withDeps = commonArgs // {
    cargoArtifacts = buildDeps {
      # Without the manifests in fixtures of tests, of which some are wrong.
      src = project.dummySrc;
      name = "muslin-checks";
      commonArgs = commonArgs // {
        cargoCheckCommand = "cargoWithProfile check";
        cargoCheckExtraArgs = "--all-targets";
        cargoExtraArgs = "--locked --workspace";
        doCheck = true;
      };
    };
  };

  claims = import ../../tests/nix/drv-paths.nix {
    inherit mkFlake;
    inherit (stdenv.hostPlatform) system;
  };
  promises = import ../../tests/nix/promises {
    inherit
      lib
      mkFlake
      mkImages
      pkgs
      ;
    overlay = import ../overlay.nix { inherit mkImages; };
    inherit (stdenv.hostPlatform) system;
  };
  # A check that fails at evaluation, because derivations need not be built to be compared.
  checkClaims =
    name: claims: passthru:
    let
      broken = lib.attrNames (lib.filterAttrs (_: holds: !holds) claims);
    in
    if broken == [ ] then
      runCommand "check-${name}"
        {
          passthru = passthru // {
            inherit claims;
          };
        }
        ''
          echo ${toString (lib.length (lib.attrNames claims))} claims hold > "$out"
        ''
    else
      throw "muslin: claims about the flake do not hold: ${lib.concatStringsSep "; " broken}";

  runCheck =
    name: nativeBuildInputs: command:
    runCommand "check-${name}" { inherit nativeBuildInputs; } ''
      ${command}
      touch "$out"
    '';
in
{
  clippy = devCraneLib.cargoClippy (
    withDeps // { cargoClippyExtraArgs = "--workspace --all-targets -- --deny warnings"; }
  );
  rustfmt = devCraneLib.cargoFmt commonArgs;
  # The tests that need no toolchain, daemon or network at run time.
  tests = devCraneLib.cargoTest (withDeps // { cargoTestExtraArgs = "--workspace --lib --bins"; });
  cargo-deny = devCraneLib.cargoDeny (commonArgs // { cargoDenyChecks = "bans licenses sources"; });

  drv-paths = checkClaims "drv-paths" claims {
    # For tests/nix/messages.sh, which evaluates each to read its message.
    wrong = import ../../tests/nix/wrong.nix { inherit mkFlake; };
  };
  promises = checkClaims "promises" promises { };

  nixfmt = runCheck "nixfmt" [ nixfmt ] "find ${nixFiles} -name '*.nix' -exec nixfmt --check {} +";
  deadnix = runCheck "deadnix" [ deadnix ] "deadnix --fail ${nixFiles}";
  statix = runCheck "statix" [ statix ] "statix check --config ${src + "/statix.toml"} ${nixFiles}";
  workflows = runCheck "workflows" [ actionlint zizmor ] ''
    # Both look for a folder of this name, and actionlint for a repository.
    mkdir --parents repository/.git
    cp --recursive ${src + "/.github"} repository/.github
    cd repository
    # Younger than this actionlint: the syntax for one's own repository, and what a job knows of
    # its workflow. The one of scripts/check-workflows knows both.
    actionlint -ignore '"\$/' -ignore 'property "workflow_' .github/workflows/*.yml
    zizmor --offline .github
  '';
  shellcheck = runCheck "shellcheck" [
    shellcheck
  ] "cd ${shellFiles} && find . -name '*.sh' -exec shellcheck --external-sources {} +";
}
