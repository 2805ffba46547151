{ inputs, muslinSrc }:

/**
  The outputs of a package's flake for one system.

  # Type

  ```
  outputs :: { system, src, ... } -> { packages, apps, checks, devShells, formatter }
  ```
*/
{
  system,
  # The arguments of mkFlake, all of them.
  args,
}:
let
  pkgs =
    inputs.nixpkgs.legacyPackages.${system}
      or (throw "muslin: there is no system `${system}` in nixpkgs; `systems` of `mkFlake` takes `x86_64-linux`, `aarch64-linux` and `aarch64-darwin`");
  inherit (pkgs) lib;
  fenix = inputs.fenix.packages.${system};

  targets = import ./targets.nix;
  manifest = import ./lib/manifest.nix { inherit (args) src package; };
  description = import ./lib/description.nix {
    inherit manifest;
    inherit (args)
      platforms
      features
      labels
      version
      revision
      owner
      ;
  };
  chosen = lib.filterAttrs (_: target: lib.elem target.platform description.platforms) targets;

  defaultToolchain = import ./toolchain.nix { inherit lib fenix; } { inherit targets; };
  toolchain = if args.toolchain == null then defaultToolchain.build else args.toolchain pkgs fenix;
  shellToolchain = if args.toolchain == null then defaultToolchain.shell else toolchain;
  craneLib = (inputs.crane.mkLib pkgs).overrideToolchain toolchain;

  toTOML = import ./lib/toTOML.nix;
  source = import ./lib/source.nix { inherit lib; };

  lockFile = args.src + "/Cargo.lock";
  lock =
    if builtins.pathExists lockFile then
      builtins.readFile lockFile
    else
      throw "muslin: there is no `Cargo.lock` beside the workspace's `Cargo.toml`; run `cargo generate-lockfile`, and `git add Cargo.lock`, because Nix sees only what git knows";
  manifests =
    lib.genAttrs manifest.members (folder: lib.importTOML (args.src + "/${folder}/Cargo.toml"))
    // {
      "" = manifest.root;
    }
    // {
      ${manifest.folder} = manifest.member;
    };
  sources = source {
    inherit (args) src extraFiles;
    inherit manifests;
  };
  mask = import ./lib/maskVersion.nix {
    inherit lock;
    manifests = lib.attrValues manifests;
  };
  cargoVendorDir = craneLib.vendorCargoDeps {
    inherit (args) outputHashes src;
    cargoLockContents = lock;
  };
  rustflags = import ./lib/rustflags.nix args.src;
  saysStrip = import ./lib/saysStrip.nix manifest.root description.profile;
  keepsSymbols = import ./lib/keepsSymbols.nix manifest.root description.profile;

  buildDeps = import ./lib/buildDeps.nix { inherit craneLib pkgs toTOML; };
  buildExecutable = import ./lib/buildExecutable.nix { inherit craneLib lib; };
  buildImage = import ./lib/buildImage.nix { inherit pkgs; };
  zigCache = import ./lib/zigCache.nix { inherit pkgs toTOML; };

  perTarget =
    arch: target:
    let
      commonArgs = import ./lib/commonArgs.nix { inherit pkgs; } {
        inherit
          target
          description
          manifest
          cargoVendorDir
          rustflags
          saysStrip
          ;
        inherit (args) cargoArgs env;
        zigCache = zigCache {
          inherit
            target
            toolchain
            rustflags
            saysStrip
            ;
          inherit (description) profile;
          profiles = manifest.root.profile or { };
        };
        nativeBuildInputs = args.nativeBuildInputs pkgs;
        extraArgs = args.extraArgs pkgs;
      };
      deps = buildDeps {
        inherit mask commonArgs;
        name = "${manifest.name}-${arch}";
        source = sources.unlocked;
      };
      executable = buildExecutable {
        inherit deps commonArgs keepsSymbols;
        inherit (manifest) version;
        inherit (description) bins;
        name = "${manifest.name}-${arch}";
        source = sources.files;
        mainProgram = description.entrypoint;
      };
      image = buildImage {
        inherit description target executable;
        inherit (args) created;
        src = manifest.place;
      };
    in
    {
      inherit
        target
        commonArgs
        deps
        executable
        image
        ;
    };
  built = lib.mapAttrs perTarget chosen;

  muslinIndex = import ./lib/buildIndexTool.nix {
    inherit lib;
    craneLib = (inputs.crane.mkLib pkgs).overrideToolchain defaultToolchain.build;
  } { src = muslinSrc; };
  image = import ./lib/buildIndex.nix { inherit pkgs muslinIndex; } {
    inherit description;
    images = lib.mapAttrsToList (_: row: row.image) built;
  };
  push = import ./lib/push.nix { inherit pkgs; } { inherit description image; };

  ofArch =
    prefix: field: lib.mapAttrs' (arch: row: lib.nameValuePair "${prefix}-${arch}" row.${field}) built;
  executables = lib.mergeAttrsList (map (bin: ofArch bin "executable") description.bins);

  cpu = pkgs.stdenv.hostPlatform.parsed.cpu.name;
  here = lib.filterAttrs (_: row: row.target.cpu == cpu) built;
  forThisMachine = lib.head (lib.attrValues here ++ lib.attrValues built);
in
{
  packages =
    executables
    // ofArch "deps" "deps"
    // ofArch "image" "image"
    // {
      inherit image;
      default = forThisMachine.executable;
    };

  apps = {
    push = {
      type = "app";
      program = lib.getExe push;
    };
  }
  // lib.optionalAttrs (pkgs.stdenv.hostPlatform.isLinux && here != { }) {
    default = {
      type = "app";
      program = "${forThisMachine.executable}/bin/${description.entrypoint}";
    };
  };

  checks =
    import ./checks { inherit pkgs; } {
      inherit
        built
        image
        description
        keepsSymbols
        ;
    }
    // lib.optionalAttrs (args.src == muslinSrc) (
      import ./checks/own.nix
        {
          inherit pkgs;
          craneLib = craneLib.overrideToolchain shellToolchain;
          mkFlake = import ./flake.nix { inherit inputs muslinSrc; };
        }
        {
          inherit (args) src;
          inherit cargoVendorDir;
        }
    );

  devShells.default = import ./shell.nix { inherit pkgs; } { toolchain = shellToolchain; };

  formatter = pkgs.nixfmt-tree or pkgs.nixfmt;
}
