/**
  Claims about what docs/reference/flake.md promises, each true or false at evaluation. A
  claim begins with the name of the output or argument that it is about; ./reference.nix
  checks that none is without a claim.

  # Type

  ```
  promises :: { lib, mkFlake, mkImages, overlay, pkgs, system } -> { <claim> = bool; }
  ```
*/
{
  # Of nixpkgs.
  lib,
  pkgs,
  system,
  # Of muslin's flake.
  mkFlake,
  mkImages,
  overlay,
}:
let
  inherit (lib) hasInfix hasPrefix;

  sample = ./fixtures/drv-paths/base;
  several = ./fixtures/several;
  toolchains = ./fixtures/toolchains;

  self.rev = "0000000000000000000000000000000000000000";
  # Outputs for this system.
  outputsOf =
    arguments:
    lib.mapAttrs (_: outputs: outputs.${system}) (
      mkFlake (
        {
          inherit self;
          src = sample;
          systems = [ system ];
        }
        // arguments
      )
    );
  drvPath = derivation: builtins.unsafeDiscardStringContext derivation.drvPath;
  refuses = value: !(builtins.tryEval (builtins.seq value true)).success;
  has = wanted: names: lib.all (name: names ? ${name}) wanted;

  one = outputsOf { };
  executableWith = arguments: (outputsOf arguments).packages.image-arm64.executable;
  depsWith = arguments: (outputsOf arguments).packages.deps-arm64;
  # What an argument changes in an attribute of dependencies and executables alike.
  reachesBoth = arguments: holds: holds (depsWith arguments) && holds (executableWith arguments);
  # The config is in arguments of the derivation of the image's stream.
  descriptionWith =
    arguments: (mkImages pkgs ({ src = sample; } // arguments)).images.default.description;
  revisionLabel = "org.opencontainers.image.revision";

  images = {
    server.package = "crates/server";
    worker.package = "crates/worker";
  };
  both = outputsOf {
    src = several;
    inherit images;
  };
  loudWorker = outputsOf {
    src = several;
    images = images // {
      worker = images.worker // {
        features = [ "loud" ];
      };
    };
  };

  # The components of a toolchain, by name.
  componentsOf =
    toolchain:
    map (
      path: builtins.substring 33 (-1) (baseNameOf (builtins.unsafeDiscardStringContext (toString path)))
    ) toolchain.paths;
  isRustc =
    name: hasPrefix "rust-" name && !(hasPrefix "rust-std" name) && !(hasPrefix "rust-src" name);
  scopeWith = arguments: (mkImages pkgs ({ src = sample; } // arguments)).scope;
  pinned =
    arguments:
    scopeWith (
      {
        toolchainHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        overrides = _final: _prev: {
          fetchManifest =
            { url, ... }:
            assert hasInfix "1.89.0" url;
            toolchains + "/manifest.toml";
        };
      }
      // arguments
    );

  checked = outputsOf {
    checks = [
      "clippy"
      "fmt"
      "test"
      "doctest"
      "deny"
    ];
  };
  shellPackages = arguments: (outputsOf arguments).devShells.default.nativeBuildInputs;
  mac = mkFlake {
    inherit self;
    src = sample;
    systems = [ "aarch64-darwin" ];
  };

  claimsOfOutputs = {
    "`packages.default` is the executable for this machine" =
      drvPath one.packages.default
      == drvPath one.packages."sample-${if pkgs.stdenv.hostPlatform.isAarch64 then "arm64" else "amd64"}";
    "`packages.<bin>-amd64` and `-arm64` are executables of the platforms" =
      has [
        "sample-amd64"
        "sample-arm64"
      ] one.packages
      && hasInfix "x86_64-unknown-linux-musl" one.packages.sample-amd64.buildPhase
      && hasInfix "aarch64-unknown-linux-musl" one.packages.sample-arm64.buildPhase;
    "`packages.deps-amd64` and `-arm64` are what executables take up" =
      drvPath one.packages.deps-amd64 == drvPath one.packages.sample-amd64.cargoArtifacts
      && drvPath one.packages.deps-arm64 == drvPath one.packages.sample-arm64.cargoArtifacts;
    "`packages.image-amd64` and `-arm64` have a stream, the executable and dependencies" =
      lib.all (image: image ? stream && image ? executable && image ? deps)
        [
          one.packages.image-amd64
          one.packages.image-arm64
        ];
    "`packages.image` joins the images" =
      map drvPath one.packages.image.images == map drvPath [
        one.packages.image-amd64
        one.packages.image-arm64
      ];
    "`packages.cache` is there" = one.packages ? cache && both.packages ? cache;
    "`apps.default` runs the executable" =
      hasPrefix "${one.packages.default}/bin/" one.apps.default.program;
    "`apps.default` says what to do where this machine cannot run the executable" =
      let
        foreign = if pkgs.stdenv.hostPlatform.isAarch64 then "linux/amd64" else "linux/arm64";
      in
      lib.hasSuffix "-refuse" (outputsOf { platforms = [ foreign ]; }).apps.default.program;
    "`apps.push` is there" = one.apps.push.type == "app";
    "`checks.executable-<arch>`, images and the index are checked" = has [
      "executable-amd64"
      "executable-arm64"
    ] one.checks;
    "`checks.image-<arch>` are there" = has [
      "image-amd64"
      "image-arm64"
    ] one.checks;
    "`checks.image` is there" = one.checks ? image;
    "`checks.clippy` and the others are there only where `checks` names them" =
      has [
        "clippy"
        "fmt"
        "test"
        "doctest"
        "deny"
      ] checked.checks
      && !(one.checks ? clippy);
    "`devShells.default` has what the reference lists" =
      let
        names = map lib.getName (shellPackages { });
      in
      lib.all (name: lib.elem name names) [
        "cargo-deny"
        "cargo-nextest"
        "deadnix"
        "sccache"
        "skopeo"
        "zizmor"
      ];
    "`devShells.default` leaves zig's cache where it outlives a session" =
      # The setup hook of nixpkgs' zig sets it to a temporary directory.
      !(lib.elem "zig" (map lib.getName (shellPackages { })));
    "`formatter` is there" = lib.isDerivation one.formatter;

    "`packages.<image>-image` and the others have names that begin with the image's" =
      has [
        "server-image"
        "server-image-amd64"
        "server-image-arm64"
        "worker-image"
        "worker-image-amd64"
        "server-amd64"
        "worker-arm64"
        "deps-amd64"
        "deps-arm64"
        "default"
      ] both.packages
      && !(both.packages ? image)
      && !(both.packages ? deps);
    "`packages.deps-amd64` of several images is the one layer that they share" =
      drvPath both.packages.deps-amd64 == drvPath both.packages.server-amd64.cargoArtifacts
      && drvPath both.packages.deps-amd64 == drvPath both.packages.worker-amd64.cargoArtifacts;
    "`packages.deps-amd64` of images with other features has all of their layers" =
      drvPath loudWorker.packages.server-amd64.cargoArtifacts
      != drvPath loudWorker.packages.worker-amd64.cargoArtifacts
      &&
        map toString loudWorker.packages.deps-amd64.paths == map toString [
          loudWorker.packages.server-amd64.cargoArtifacts
          loudWorker.packages.worker-amd64.cargoArtifacts
        ];
    "`packages.bin-<bin>-amd64` is a binary whose name another package has" =
      let
        clashing =
          name:
          (outputsOf {
            src = ./fixtures/clashing;
            bins = [ name ];
          }).packages;
        image = clashing "image";
        deps = clashing "deps";
      in
      image.bin-image-amd64.meta.mainProgram == "image"
      && image.image-amd64 ? stream
      && deps.bin-deps-arm64.meta.mainProgram == "deps"
      && hasInfix "-deps" deps.deps-arm64.name;
    "`apps.push-<image>` and `apps.<image>` are there for each of several images" = has [
      "push"
      "push-server"
      "push-worker"
      "server"
      "worker"
      "default"
    ] both.apps;
    "`checks.<image>-executable-<arch>` and the others are there for several images" = has [
      "server-executable-amd64"
      "worker-image-arm64"
      "server-image"
    ] both.checks;

    "`lib.mkImages` gives the parts that `mkFlake` has" =
      let
        built = mkImages pkgs {
          src = several;
          inherit images;
          revision = self.rev;
        };
      in
      drvPath built.images.server.index == drvPath both.packages.server-image
      && drvPath built.images.worker.builds.arm64.executable == drvPath both.packages.worker-arm64
      && lib.mapAttrs (_: drvPath) built.packages == lib.mapAttrs (_: drvPath) both.packages
      && lib.mapAttrs (_: drvPath) built.checks == lib.mapAttrs (_: drvPath) both.checks;
    "`overlays.default` gives `mkImages` with the nixpkgs that it is applied to" =
      drvPath
        ((pkgs.extend overlay).muslin.mkImages {
          src = sample;
          revision = self.rev;
        }).packages.image-amd64 == drvPath one.packages.image-amd64;
  };

  claimsOfArguments = {
    "`self`: its revision is a label" =
      (descriptionWith { revision = self.rev; }).labels.${revisionLabel} == self.rev
      && drvPath one.packages.image == drvPath (outputsOf { revision = self.rev; }).packages.image;
    "`src`: the flake itself and a string in the store are as good as a path" =
      let
        copy = builtins.path {
          name = "source";
          path = sample;
        };
        paths = src: lib.mapAttrs (_: drvPath) (outputsOf { inherit src; }).packages;
      in
      paths copy == paths sample && paths { outPath = copy; } == paths sample;
    "`package`: a member of the workspace" =
      (outputsOf {
        src = several;
        package = "crates/worker";
      }).packages
        ? worker-amd64;
    "`bins`: in place of the ones in Cargo.toml" =
      let
        inherit
          (outputsOf {
            src = several;
            package = "crates/server";
            bins = [ "migrate" ];
          })
          packages
          ;
      in
      packages ? migrate-amd64 && !(packages ? server-amd64);
    "`images`: keys of an image go before those of Cargo.toml" =
      let
        built = mkImages pkgs {
          src = several;
          package = "crates/server";
          images.jobs = {
            bins = [ "migrate" ];
            image = "registry.example/team/jobs";
            platforms = [ "linux/arm64" ];
          };
        };
      in
      built.images.jobs.description.image == "registry.example/team/jobs"
      && built.packages ? jobs-image-arm64
      && !(built.packages ? jobs-image-amd64)
      && built.packages ? migrate-arm64;
    "`images`: those that would take each other's place are refused" =
      refuses
        (outputsOf {
          src = several;
          images = {
            inherit (images) server;
            other = images.server;
          };
        }).packages.other-image.drvPath;
    "`systems`: outputs are made for these" = lib.attrNames mac.packages == [ "aarch64-darwin" ];

    "`toolchain`: a function replaces it" =
      componentsOf (scopeWith { toolchain = _pkgs: fenix: fenix.stable.minimalToolchain; }).toolchain
      != componentsOf (scopeWith { }).toolchain;
    "`toolchain`: a channel that fenix pins needs no hash" =
      componentsOf (scopeWith { toolchain = "nightly"; }).toolchain != [ ]
      && drvPath (scopeWith { toolchain = "stable"; }).toolchain == drvPath (scopeWith { }).toolchain;
    "`toolchain`: another release without its hash is refused" =
      refuses
        (scopeWith { toolchain = "1.89.0"; }).toolchain.drvPath;
    "`toolchainHash`: a release has one compiler, one cargo, and std for host and targets" =
      let
        names = componentsOf (pinned { toolchain = "1.89.0"; }).toolchain;
        count = what: lib.length (lib.filter what names);
      in
      count isRustc == 1 && count (hasPrefix "cargo") == 1 && count (hasPrefix "rust-std") == 3;
    "`toolchainHash`: rust-toolchain.toml is used, with its components in the shell" =
      let
        scope = pinned { src = toolchains + "/file"; };
      in
      drvPath scope.toolchain == drvPath (pinned { toolchain = "1.89.0"; }).toolchain
      && lib.any (hasPrefix "llvm-tools") (componentsOf scope.devToolchain)
      && lib.any (hasPrefix "clippy") (componentsOf scope.devToolchain);
    "`toolchainHash`: without it a rust-toolchain.toml with a release is refused" =
      refuses
        (scopeWith { src = toolchains + "/file"; }).toolchain.drvPath;

    "`platforms`: in place of the ones in Cargo.toml" =
      let
        inherit (outputsOf { platforms = [ "linux/arm64" ]; }) packages;
      in
      packages ? image-arm64 && !(packages ? image-amd64) && !(packages ? deps-amd64);
    "`features`: reach dependencies and package" = reachesBoth {
      src = several;
      package = "crates/server";
      features = [ "loud" ];
    } (derivation: hasInfix "--features server/loud" derivation.buildPhase);
    "`cargoArgs`: reach dependencies and package" = reachesBoth { cargoArgs = [ "--offline" ]; } (
      derivation: hasInfix "--offline" derivation.buildPhase
    );
    "`nativeBuildInputs`: a list, which may depend on the target" =
      reachesBoth { nativeBuildInputs = pkgs: [ pkgs.jq ]; } (
        derivation: lib.elem pkgs.jq derivation.nativeBuildInputs
      )
      && reachesBoth {
        nativeBuildInputs = pkgs: target: lib.optional (target.architecture == "arm64") pkgs.jq;
      } (derivation: lib.elem pkgs.jq derivation.nativeBuildInputs);
    "`buildInputs`: a list, which may depend on the target" =
      reachesBoth { buildInputs = pkgs: [ pkgs.zlib ]; } (
        derivation: lib.elem pkgs.zlib derivation.buildInputs
      )
      && reachesBoth {
        buildInputs = pkgs: target: lib.optional (target.architecture == "amd64") pkgs.zlib;
      } (derivation: !(lib.elem pkgs.zlib derivation.buildInputs));
    "`env`: reaches dependencies and package" = reachesBoth { env.SAMPLE = "1"; } (
      derivation: derivation.SAMPLE or derivation.env.SAMPLE == "1"
    );
    "`extraFiles`: are in the source" =
      drvPath (executableWith {
        extraFiles = [ "docs/guide.md" ];
      }) != drvPath one.packages.sample-arm64;
    "`exclude`: is not in the source" =
      drvPath (executableWith {
        exclude = [ "src" ];
      }) != drvPath one.packages.sample-arm64;
    "`outputHashes`: are taken" =
      drvPath (executableWith {
        outputHashes = { };
      }) == drvPath one.packages.sample-arm64;
    "`registries`: crates come from another registry" =
      let
        cargoVendorDir =
          arguments: (mkImages pkgs ({ src = ./fixtures/registry; } // arguments)).project.cargoVendorDir;
      in
      refuses (drvPath (cargoVendorDir { }))
      && !(refuses (
        drvPath (cargoVendorDir {
          registries = craneLib: [
            (craneLib.registryFromDownloadUrl {
              indexUrl = "https://crates.example/index";
              dl = "https://crates.example/crates/{crate}/{version}/download";
            })
          ];
        })
      ));
    "`labels`: are added" = (descriptionWith { labels.team = "a"; }).labels.team == "a";
    "`version`: is a label" =
      (descriptionWith { version = "9.9.9"; }).labels."org.opencontainers.image.version" == "9.9.9";
    "`revision`: is a label" = (descriptionWith { revision = "abc"; }).labels.${revisionLabel} == "abc";
    "`owner`: changes nothing where there is no OWNER" =
      (descriptionWith { owner = "someone"; }).image == (descriptionWith { }).image;
    "`created`: is in the image" =
      drvPath (outputsOf { created = "2001-01-01T00:00:00Z"; }).packages.image-amd64
      != drvPath one.packages.image-amd64;
    "`checks`: share a layer of dependencies" =
      drvPath checked.checks.clippy.cargoArtifacts == drvPath checked.checks.test.cargoArtifacts
      && drvPath checked.checks.doctest.cargoArtifacts == drvPath checked.checks.test.cargoArtifacts
      && lib.all (check: drvPath check != "") (lib.attrValues checked.checks);
    "`checks`: one that there is not is refused" =
      refuses
        (outputsOf { checks = [ "lint" ]; }).checks.lint;
    "`checks`: leave images as they are" = drvPath checked.packages.image == drvPath one.packages.image;
    "`allowedPaths`: reach the check of executables" =
      (outputsOf { allowedPaths = [ "/build/assets/" ]; }).checks.executable-amd64.allowedPaths
      == "/build/assets/";
    "`devShell`: packages are added, and null drops it" =
      lib.elem pkgs.jq (shellPackages {
        devShell = pkgs: [ pkgs.jq ];
      })
      && (outputsOf { devShell = null; }).devShells == { };
    "`extraArgs`: extend what is there, for each target" =
      reachesBoth
        {
          extraArgs = _pkgs: target: previous: {
            preBuild = previous.preBuild + "\necho ${target.architecture}";
          };
        }
        (
          derivation: hasInfix "pre-build.sh" derivation.preBuild && hasInfix "echo arm64" derivation.preBuild
        );
    "`overrides`: replace members of the scope" =
      drvPath
        (outputsOf {
          overrides = final: _prev: { cacert = final.pkgs.emptyDirectory; };
        }).packages.image-amd64 != drvPath one.packages.image-amd64;
  };
in
claimsOfOutputs // claimsOfArguments
