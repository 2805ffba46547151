{
  pkgs,
  craneLib,
  mkFlake,
}:

/**
  Checks of muslin's own repository: its Rust, its Nix and its shell.

  # Type

  ```
  own :: { src, cargoVendorDir } -> { <name> :: derivation; }
  ```
*/
{
  # The repository.
  src,
  # Of crane's vendorCargoDeps.
  cargoVendorDir,
}:
let
  inherit (pkgs) lib;
  inherit (lib) fileset;

  of =
    files:
    fileset.toSource {
      root = src;
      fileset = files;
    };
  rust = of (
    fileset.unions [
      (fileset.fileFilter (file: file.hasExt "rs" || file.hasExt "snap") src)
      (src + "/Cargo.lock")
      (src + "/Cargo.toml")
      (src + "/clippy.toml")
      (src + "/deny.toml")
      (src + "/rustfmt.toml")
      (src + "/README.md")
      (src + "/docs")
      (src + "/tests")
    ]
  );
  nix = of (fileset.fileFilter (file: file.hasExt "nix") src);
  shell = of (fileset.fileFilter (file: file.hasExt "sh") src);

  args = {
    inherit cargoVendorDir;
    pname = "muslin";
    version = "0.0.0";
    src = rust;
    strictDeps = true;
    # What is checked is not shipped: quick to compile matters more.
    CARGO_PROFILE = "dev";
    cargoBuildCommand = "true";
  };
  cargoArtifacts = craneLib.buildDepsOnly args;
  with' = more: args // { inherit cargoArtifacts; } // more;

  claims = import ../../tests/nix/drv-paths.nix {
    inherit mkFlake;
    inherit (pkgs.stdenv.hostPlatform) system;
  };
  broken = lib.attrNames (lib.filterAttrs (_: holds: !holds) claims);

  reads =
    name: tool: command:
    pkgs.runCommand name { nativeBuildInputs = [ tool ]; } ''
      ${command}
      touch "$out"
    '';
in
{
  clippy = craneLib.cargoClippy (with' {
    cargoClippyExtraArgs = "--all-targets -- --deny warnings";
  });
  rustfmt = craneLib.cargoFmt args;
  # The tests that need no compiler, daemon or network of their own.
  tests = craneLib.cargoTest (with' {
    cargoTestExtraArgs = "--lib --bins";
  });
  cargo-deny = craneLib.cargoDeny (args // { cargoDenyChecks = "bans licenses sources"; });

  # Shown at evaluation; there is nothing to build.
  drv-paths =
    if broken == [ ] then
      pkgs.runCommand "check-drv-paths"
        {
          passthru = {
            inherit claims;
            # What tests/nix/messages.sh evaluates, to read what it throws.
            wrong = import ../../tests/nix/wrong.nix { inherit mkFlake; };
          };
        }
        ''
          echo ${toString (lib.length (lib.attrNames claims))} claims hold > "$out"
        ''
    else
      throw "muslin: of what is built, this does not hold: ${lib.concatStringsSep "; " broken}";

  nixfmt = reads "check-nixfmt" pkgs.nixfmt "find ${nix} -name '*.nix' -exec nixfmt --check {} +";
  deadnix = reads "check-deadnix" pkgs.deadnix "deadnix --fail ${nix}";
  statix = reads "check-statix" pkgs.statix "statix check --config ${src + "/statix.toml"} ${nix}";
  workflows =
    pkgs.runCommand "check-workflows"
      {
        nativeBuildInputs = [
          pkgs.actionlint
          pkgs.zizmor
        ];
      }
      ''
        actionlint ${src + "/.github/workflows"}/*.yml
        zizmor --offline ${src + "/.github/workflows"}
        touch "$out"
      '';
  shellcheck =
    reads "check-shellcheck" pkgs.shellcheck
      "find ${shell} -name '*.sh' -exec shellcheck {} +";
}
