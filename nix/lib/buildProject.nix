{
  buildIndex,
  buildLayer,
  buildTarget,
  craneLib,
  describeImage,
  lib,
  maskVersions,
  mkDummySource,
  mkPushAllApp,
  mkPushApp,
  planLayers,
  readCargoConfig,
  readCargoLock,
  readCargoPackage,
  readRustflags,
  readStripSettings,
  refuseSameImages,
  selectImages,
  selectSources,
  targets,
}:

/**
  Build the images of a package or workspace for all of their platforms, from the
  arguments of `mkImages`.

  - `images`: by name, and `default` where `images` names none:
    - `prefix`: what the names of its outputs begin with.
    - `cargoPackage`, `description`, `stripSettings`: results of `readCargoPackage`,
      `describeImage` and `readStripSettings`.
    - `builds`: results of `buildTarget`, by the names in ./targets.nix.
    - `index`: the OCI layout with the index of all platforms.
    - `push`: the program that pushes it.
  - `deps`: by the names in ./targets.nix, the layers of dependencies.
  - `push`: the program that pushes all images.
  - `layers`: the plan of these, from `planLayers`.
  - `dummySrc`, `cargoVendorDir`: results of `mkDummySource` and crane's
    `vendorCargoDeps`.

  # Type

  ```
  buildProject :: { src, images, ... }
    -> { images, deps, push, layers, dummySrc, cargoVendorDir }
  ```
*/
{
  src,
  images,
  package,
  bins,
  platforms,
  features,
  cargoArgs,
  nativeBuildInputs,
  buildInputs,
  env,
  extraFiles,
  exclude,
  outputHashes,
  labels,
  version,
  revision,
  owner,
  created,
  extraArgs,
}:
let
  describe =
    image:
    let
      cargoPackage = readCargoPackage {
        inherit src;
        inherit (image) package;
      };
      description = describeImage {
        inherit
          cargoPackage
          platforms
          features
          labels
          version
          revision
          owner
          ;
        inherit (image) table place fallbackName;
      };
    in
    {
      inherit (image) prefix;
      inherit cargoPackage description;
      stripSettings = readStripSettings {
        inherit cargoConfig;
        inherit (cargoPackage) workspaceManifest;
        inherit (description) profile;
      };
    };
  described = lib.mapAttrs (_: describe) (selectImages {
    inherit images package bins;
  });
  descriptions = lib.mapAttrs (_: image: image.description) described;
  plan = planLayers (refuseSameImages descriptions described);

  manifests = lib.mergeAttrsList (
    lib.mapAttrsToList (_: image: image.cargoPackage.manifests) described
  );
  cargoLock = readCargoLock { inherit src manifests; };
  cargoVendorDir = craneLib.vendorCargoDeps {
    inherit outputHashes;
    # For the registries in cargo's configuration: crane would search the whole tree.
    src = sources.manifests;
    cargoLockContents = cargoLock;
  };
  cargoPackages = lib.catAttrs "cargoPackage" (lib.attrValues described);
  built = lib.unique (lib.concatMap (cargoPackage: cargoPackage.built) cargoPackages);
  isDependency =
    directory:
    lib.any (
      cargoPackage: cargoPackage.packageDir != directory && lib.elem directory cargoPackage.built
    ) cargoPackages;
  packageDirs = lib.filter (directory: !isDependency directory) (
    lib.unique (lib.catAttrs "packageDir" cargoPackages)
  );
  hasPathDeps = lib.subtractLists packageDirs built != [ ];
  sources = selectSources {
    inherit
      src
      manifests
      extraFiles
      exclude
      ;
    inherit built packageDirs;
  };
  maskedVersions = maskVersions { inherit cargoLock manifests; };
  dummySrc = mkDummySource {
    inherit maskedVersions;
    src = sources.manifests;
  };
  cargoConfig = readCargoConfig src;
  rustflags = readRustflags cargoConfig;
  workspaceManifest = manifests."";

  layers = lib.mapAttrs (
    _: layer:
    buildLayer {
      inherit
        layer
        targets
        dummySrc
        packageDirs
        cargoVendorDir
        rustflags
        ;
      pathDepsSrc = if hasPathDeps then sources.others else null;
      profiles = workspaceManifest.profile or { };
      stripSettings = readStripSettings {
        inherit workspaceManifest cargoConfig;
        inherit (layer) profile;
      };
      options = {
        inherit
          cargoArgs
          nativeBuildInputs
          buildInputs
          env
          extraArgs
          ;
      };
    }
  ) plan.layers;

  build =
    name: image:
    let
      selectedTargets = lib.filterAttrs (
        _: target: lib.elem target.platform image.description.platforms
      ) targets;
      builds = lib.mapAttrs (
        arch: target:
        buildTarget {
          inherit arch target created;
          inherit (image) cargoPackage description stripSettings;
          layer = layers.${plan.keys.${name}}.${arch};
          src = if hasPathDeps then sources.others else sources.all;
          code = if hasPathDeps then sources.code else null;
        }
      ) selectedTargets;
      index = buildIndex {
        inherit (image) description;
        images = lib.mapAttrsToList (_: build: build.image) builds;
      };
    in
    image
    // {
      inherit builds index;
      push = mkPushApp {
        inherit (image) description;
        image = index;
      };
    };
  builtImages = lib.mapAttrs build described;

  # The layers that images of this target need.
  depsFor =
    arch:
    lib.unique (
      lib.concatMap (image: lib.optional (image.builds ? ${arch}) image.builds.${arch}.deps) (
        lib.attrValues builtImages
      )
    );
in
{
  inherit dummySrc cargoVendorDir;
  inherit (plan) layers;
  images = builtImages;
  deps = lib.filterAttrs (_: layers: layers != [ ]) (lib.mapAttrs (arch: _: depsFor arch) targets);
  push = mkPushAllApp builtImages;
}
