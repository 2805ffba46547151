/**
  Claims about the outputs of the flake.

  # Type

  ```
  outputs :: { lib, ... } -> { <claim> = bool; }
  ```
*/
{
  # Arguments of ./default.nix.
  lib,
  pkgs,
  mkImages,
  overlay,
  # Members of ./flakes.nix.
  sample,
  several,
  self,
  outputsOf,
  drvPath,
  has,
  one,
  images,
  both,
  checked,
  shellPackages,
  ...
}:
let
  inherit (lib) hasInfix hasPrefix;

  loudWorker = outputsOf {
    src = several;
    images = images // {
      worker = images.worker // {
        features = [ "loud" ];
      };
    };
  };
in
{
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
    drvPath both.packages.deps-amd64 == drvPath both.packages.server-amd64.deps
    && drvPath both.packages.deps-amd64 == drvPath both.packages.worker-amd64.deps;
  "an executable takes up its path dependencies, and these the dependencies" =
    let
      inherit (both.packages) server-amd64 worker-amd64;
    in
    drvPath server-amd64.cargoArtifacts == drvPath server-amd64.pathDeps
    && drvPath worker-amd64.cargoArtifacts == drvPath server-amd64.pathDeps
    && drvPath server-amd64.pathDeps.cargoArtifacts == drvPath server-amd64.deps
    && one.packages.sample-amd64.pathDeps == null;
  "`packages.deps-amd64` of images with other features has all of their layers" =
    drvPath loudWorker.packages.server-amd64.deps != drvPath loudWorker.packages.worker-amd64.deps
    &&
      map toString loudWorker.packages.deps-amd64.paths == map toString [
        loudWorker.packages.server-amd64.deps
        loudWorker.packages.worker-amd64.deps
      ];
  "`packages.bin-<bin>-amd64` is a binary whose name another package has" =
    let
      clashing =
        name:
        (outputsOf {
          src = ../fixtures/clashing;
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
}
