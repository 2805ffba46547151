/**
  What changes what is built, shown at evaluation: folders that differ from `base` in
  one thing each, and for each of them which derivations are those of `base`.

  # Type

  ```
  drvPaths :: { mkFlake, system } -> { <claim> :: bool; }
  ```
*/
{
  mkFlake,
  system,
}:
let
  fixtures = ./fixtures/drv-paths;

  # The paths as text alone: with their context they would be built.
  pathsWith =
    more: folder:
    let
      inherit
        (mkFlake (
          {
            self = {
              rev = "0000000000000000000000000000000000000000";
            };
            src = fixtures + "/${folder}";
            systems = [ system ];
          }
          // more
        ))
        packages
        ;
      path = name: builtins.unsafeDiscardStringContext packages.${system}.${name}.drvPath;
    in
    {
      deps = path "deps-arm64";
      executable = path "sample-arm64";
      image = path "image-arm64";
    };
  paths = pathsWith { };
  base = paths "base";

  sameDeps = other: base.deps == other.deps;
  sameExecutable = other: base.executable == other.executable;
  sameImage = other: base.image == other.image;

  source = paths "source";
  docs = paths "docs";
  version = paths "version";
  profile = paths "profile";
  labels = paths "labels";
  dependency = paths "dependency";
  config = paths "config";
  features = pathsWith { cargoArgs = [ "--all-features" ]; } "base";
  revision = pathsWith { revision = "1111111111111111111111111111111111111111"; } "base";
  toolchain = pathsWith { toolchain = _: fenix: fenix.stable.minimalToolchain; } "base";
in
{
  "source leaves deps" = sameDeps source;
  "source changes the executable" = !(sameExecutable source);
  "docs leave deps" = sameDeps docs;
  "docs leave the executable" = sameExecutable docs;
  "docs leave the image" = sameImage docs;
  "a version leaves deps" = sameDeps version;
  "a version changes the executable" = !(sameExecutable version);
  "a revision leaves deps" = sameDeps revision;
  "a revision leaves the executable" = sameExecutable revision;
  "a revision changes the image" = !(sameImage revision);
  "labels leave deps" = sameDeps labels;
  "labels change the image" = !(sameImage labels);
  "a profile changes deps" = !(sameDeps profile);
  "a dependency changes deps" = !(sameDeps dependency);
  "cargo's config changes deps" = !(sameDeps config);
  "features change deps" = !(sameDeps features);
  "a toolchain changes deps" = !(sameDeps toolchain);
}
