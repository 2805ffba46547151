/**
  Claims about the arguments of `mkFlake` and `mkImages`.

  # Type

  ```
  arguments :: { lib, ... } -> { <claim> = bool; }
  ```
*/
{
  # Arguments of ./default.nix.
  lib,
  pkgs,
  mkFlake,
  mkImages,
  # Members of ./flakes.nix.
  sample,
  several,
  self,
  outputsOf,
  drvPath,
  refuses,
  one,
  images,
  checked,
  shellPackages,
  ...
}:
let
  inherit (lib) hasInfix hasPrefix;

  toolchains = ../fixtures/toolchains;

  executableWith = arguments: (outputsOf arguments).packages.image-arm64.executable;
  depsWith = arguments: (outputsOf arguments).packages.deps-arm64;
  # What an argument changes in an attribute of dependencies and executables alike.
  reachesBoth = arguments: holds: holds (depsWith arguments) && holds (executableWith arguments);
  # The config is in arguments of the derivation of the image's stream.
  descriptionWith =
    arguments: (mkImages pkgs ({ src = sample; } // arguments)).images.default.description;
  revisionLabel = "org.opencontainers.image.revision";

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

  mac = mkFlake {
    inherit self;
    src = sample;
    systems = [ "aarch64-darwin" ];
  };
in
{
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
        arguments: (mkImages pkgs ({ src = ../fixtures/registry; } // arguments)).project.cargoVendorDir;
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
  "`extraArgs`: crane's `extraDummyScript` reaches the source of dependencies" =
    let
      withScript = outputsOf {
        extraArgs = _pkgs: _target: _previous: { extraDummyScript = "touch $out/marker"; };
      };
    in
    drvPath withScript.packages.deps-amd64.src != drvPath one.packages.deps-amd64.src;
  "`overrides`: replace members of the scope" =
    drvPath
      (outputsOf {
        overrides = final: _prev: { cacert = final.pkgs.emptyDirectory; };
      }).packages.image-amd64 != drvPath one.packages.image-amd64;
}
