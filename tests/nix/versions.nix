/**
  Tests of masking versions, so that a release compiles no dependency again.

  # Type

  ```
  versions :: { is, scope } -> { <test> = { found, wanted, ok }; }
  ```
*/
{
  # Functions of ./default.nix.
  is,
  # ./scope.nix
  scope,
}:
let
  inherit (scope) maskVersions;

  lock = ''
    version = 4

    [[package]]
    name = "itoa"
    version = "1.0.0"
    source = "registry+https://example.org"

    [[package]]
    name = "sample"
    version = "1.2.3"
    dependencies = [
     "itoa",
    ]
  '';
  sample = {
    package = {
      name = "sample";
      version = "1.2.3";
    };
  };
  mask =
    manifests:
    maskVersions {
      cargoLock = lock;
      manifests = {
        "" = sample;
      }
      // manifests;
    };
in
{
  "the package's own version is masked in the lock file, and no other" =
    is (builtins.fromTOML (mask { }).cargoLock).package
      [
        {
          name = "itoa";
          version = "1.0.0";
          source = "registry+https://example.org";
        }
        {
          name = "sample";
          version = "0.0.0";
          dependencies = [ "itoa" ];
        }
      ];
  "the package's version is masked in its manifest" =
    is ((mask { }).maskManifest "" sample).package.version
      "0.0.0";
  "an inherited version is written out as the placeholder" =
    is
      ((mask { }).maskManifest "" {
        package.name = "sample";
        package.version.workspace = true;
        workspace.package.version = "1.2.3";
      })
      {
        package.name = "sample";
        package.version = "0.0.0";
        workspace.package.version = "0.0.0";
      };
  "path dependencies on masked packages lose their version requirements, and no others" =
    let
      other = {
        path = "../other";
        version = "1.2";
      };
      inner = {
        package = "sample";
        path = "..";
        version = "=1.2.3";
        features = [ "a" ];
      };
      manifest = {
        package.name = "member";
        dependencies = { inherit inner other; };
        target."cfg(unix)".build-dependencies.sample = inner;
        workspace.dependencies.sample = inner;
      };
      masked = removeAttrs inner [ "version" ];
    in
    is ((mask { }).maskManifest "" manifest) {
      package.name = "member";
      dependencies = {
        inherit other;
        inner = masked;
      };
      target."cfg(unix)".build-dependencies.sample = masked;
      workspace.dependencies.sample = masked;
    };
  "packages that a patch or a replacement leads to keep their versions" =
    let
      patching =
        tables:
        (mask {
          "" = {
            workspace.package.version = "1.2.3";
          }
          // tables;
          sample = sample // {
            package = sample.package // {
              version.workspace = true;
            };
          };
        });
      found = patching {
        patch.crates-io.renamed = {
          package = "sample";
          path = "sample";
        };
      };
    in
    is
      [
        found.masked
        found.cargoLock
        (found.maskManifest "sample" {
          package = sample.package // {
            version.workspace = true;
          };
        }).package.version
        (patching { replace."sample:1.2.3".path = "sample"; }).masked
        (patching { replace."https://example.org#sample".path = "sample"; }).masked
      ]
      [
        [ ]
        lock
        "1.2.3"
        [ ]
        [ ]
      ];
  "a version is inherited from the workspace that cargo takes" =
    let
      inheriting = name: {
        package = {
          inherit name;
          version.workspace = true;
        };
      };
      versionIn =
        directory: package:
        (
          (maskVersions {
            cargoLock = lock;
            manifests = {
              "" = sample // {
                workspace = {
                  package.version = "1.0.0";
                  exclude = [ "other" ];
                };
                patch.crates-io = {
                  inside.path = "inside/nested";
                  nested.path = "other/nested";
                  pointing.path = "pointing";
                };
              };
              other.workspace.package.version = "2.0.0";
              inside.workspace.package.version = "3.0.0";
              "inside/nested" = inheriting "inside";
              "other/nested" = inheriting "nested";
              pointing = package;
            };
          }).maskManifest
          directory
          package
        ).package.version;
    in
    is
      [
        (versionIn "other/nested" (inheriting "nested"))
        # Cargo takes the outer workspace for what that does not exclude.
        (versionIn "inside/nested" (inheriting "inside"))
        (versionIn "pointing" (inheriting "pointing"))
        (versionIn "pointing" {
          package = (inheriting "pointing").package // {
            workspace = "../other/";
          };
        })
      ]
      [
        "2.0.0"
        "1.0.0"
        "1.0.0"
        "2.0.0"
      ];
  "two packages of the same name keep their versions" =
    is
      (maskVersions {
        cargoLock =
          lock
          + "[[package]]\nname = \"sample\"\nversion = \"9.0.0\"\nsource = \"registry+https://example.org\"\n";
        manifests."" = sample;
      }).masked
      [ ];
}
