/**
  Claims about which derivations a change leaves as they are, each true or false at
  evaluation. Every directory in fixtures/drv-paths differs from `base` in one thing.

  # Type

  ```
  drvPaths :: { mkFlake, system } -> { <claim> = bool; }
  ```
*/
{
  mkFlake,
  system,
}:
let
  fixtures = ./fixtures/drv-paths;

  # The paths without string context, which would make Nix build them.
  drvPathsWith =
    arguments: fixture:
    let
      inherit
        (mkFlake (
          {
            self = {
              rev = "0000000000000000000000000000000000000000";
            };
            src = fixtures + "/${fixture}";
            systems = [ system ];
          }
          // arguments
        ))
        packages
        ;
      drvPath = name: builtins.unsafeDiscardStringContext packages.${system}.${name}.drvPath;
    in
    {
      deps = drvPath "deps-arm64";
      executable = drvPath "sample-arm64";
      image = drvPath "image-arm64";
    };
  drvPaths = drvPathsWith { };
  base = drvPaths "base";

  sameDeps = other: base.deps == other.deps;
  sameExecutable = other: base.executable == other.executable;
  sameImage = other: base.image == other.image;

  source = drvPaths "source";
  docs = drvPaths "docs";
  version = drvPaths "version";
  profile = drvPaths "profile";
  labels = drvPaths "labels";
  dependency = drvPaths "dependency";
  config = drvPaths "config";
  features = drvPathsWith { cargoArgs = [ "--all-features" ]; } "base";
  revision = drvPathsWith { revision = "1111111111111111111111111111111111111111"; } "base";
  toolchain = drvPathsWith { toolchain = _: fenix: fenix.stable.minimalToolchain; } "base";

  override = overrides: drvPathsWith { inherit overrides; } "base";
  # A function, a dependency that is a package, and a function that others call.
  overriddenImage = override (
    _final: prev: {
      buildImage = arguments: prev.buildImage (arguments // { created = "2001-01-01T00:00:00Z"; });
    }
  );
  overriddenCertificates = override (final: _prev: { cacert = final.pkgs.emptyDirectory; });
  overriddenCommonArgs = override (
    _final: prev: {
      mkCommonArgs = arguments: prev.mkCommonArgs arguments // { OVERRIDDEN = "1"; };
    }
  );

  # Which files of fixtures/sources are in the source of the executable.
  hasFiles =
    arguments:
    let
      inherit
        (mkFlake (
          {
            self = { };
            src = ./fixtures/sources;
            package = "cli";
            systems = [ system ];
          }
          // arguments
        ))
        packages
        ;
      executable = packages.${system}.sample-arm64;
      isIn = source: file: builtins.pathExists "${source}/${file}";
    in
    builtins.all (file: isIn executable.src file || isIn executable.muslinCode file);
  hasNone = arguments: files: !(builtins.any (file: hasFiles arguments [ file ]) files);
in
{
  "source has packages, declared targets and build scripts wherever they are" = hasFiles { } [
    "tests/helper/src/lib.rs"
    "cli/tests/main.rs"
    "scripts/build.rs"
  ];
  "source has what code and build scripts name" = hasFiles { } [
    "README.md"
    "LICENSE"
    "docs/page.md"
    "cli/NOTES.snap"
    ".schema/a.sql"
  ];
  "source has what a build might read" = hasFiles { } [
    "frontend/index.html"
    "proto/a.proto"
  ];
  "source has nothing that no build reads" = hasNone { } [
    ".github"
    "cli/README.md"
    "cli/other.snap"
    "docs/other.md"
    "tests/helper/benches"
    "tests/whole.rs"
  ];
  "exclude leaves out, and extraFiles adds" =
    let
      arguments = {
        exclude = [ "frontend" ];
        extraFiles = [ "docs" ];
      };
    in
    hasNone arguments [ "frontend" ] && hasFiles arguments [ "docs/other.md" ];

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

  "an override of buildImage leaves the executable" = sameExecutable overriddenImage;
  "an override of buildImage changes the image" = !(sameImage overriddenImage);
  "an override of cacert leaves the executable" = sameExecutable overriddenCertificates;
  "an override of cacert changes the image" = !(sameImage overriddenCertificates);
  "an override of mkCommonArgs changes deps" = !(sameDeps overriddenCommonArgs);
  "an override of mkCommonArgs changes the executable" = !(sameExecutable overriddenCommonArgs);
}
