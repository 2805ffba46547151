/**
  Tests of finding the packages of a workspace, their binaries and the files they include.

  # Type

  ```
  packages :: { is, scope } -> { <test> = { found, wanted, ok }; }
  ```
*/
{
  # Functions of ./default.nix.
  is,
  # ./scope.nix
  scope,
}:
let
  inherit (builtins)
    attrNames
    attrValues
    concatLists
    lessThan
    sort
    ;
  inherit (scope) findIncludedFiles readCargoPackage;

  fixtures = ./fixtures/manifests;
  filesOf = byDirectory: sort lessThan (concatLists (attrValues byDirectory));
in
{
  "binaries are found as cargo finds them" =
    is (readCargoPackage { src = fixtures + "/binaries"; }).bins
      [
        "declared"
        "found"
        "in-folder"
      ];
  "inherited keys are filled in" =
    let
      found = readCargoPackage {
        src = fixtures + "/workspace";
        package = "crates/cli";
      };
    in
    is
      [ found.version found.fields.license found.members found.bins ]
      [
        "2.0.0"
        "MIT"
        [
          "crates/cli"
          "crates/core"
        ]
        [ "cli" ]
      ];
  "path dependencies of members are members" =
    is
      (sort lessThan
        (readCargoPackage {
          src = fixtures + "/paths";
          package = "cli";
        }).members
      )
      [
        "cli"
        "libs/core"
        "libs/core/inner"
        "libs/shared"
      ];
  "members are normalised, globs work in every component, and patches lead to packages" =
    is
      (sort lessThan
        (readCargoPackage {
          src = fixtures + "/globs";
          package = "tools";
        }).members
      )
      [
        "crates/a/sub"
        "tools"
        "vendor/x"
      ];
  "members are excluded, spelled out and inherit from other workspaces as cargo has it" =
    let
      found = readCargoPackage {
        src = fixtures + "/members";
        package = "./a/in/";
      };
    in
    is
      [
        found.packageDir
        (sort lessThan found.members)
        (found.manifests ? other)
      ]
      [
        "a/in"
        [
          "a/in"
          "b/one"
          "deep/leaf"
          "deep/x/leaf"
          "other/helper"
          "other/lib"
        ]
        true
      ];
  "files that code and build scripts name are found" =
    is
      (filesOf (findIncludedFiles {
        src = fixtures + "/globs";
        inherit
          (readCargoPackage {
            src = fixtures + "/globs";
            package = "tools";
          })
          manifests
          ;
      }))
      [
        "LICENSE"
        "README.md"
        "data/bytes.bin"
        "data/schema.sql"
        "docs"
        "tests/shared.rs"
      ];
  "a literal is a path from the file, the package or the workspace, and never all of a package" =
    is
      (filesOf (findIncludedFiles {
        src = ./fixtures/sources;
        inherit
          (readCargoPackage {
            src = ./fixtures/sources;
            package = "cli";
          })
          manifests
          ;
      }))
      [
        ".schema/a.sql"
        "LICENSE"
        "README.md"
        "cli/NOTES.snap"
        "docs/page.md"
      ];
  "the manifests of a workspace are found by directory" =
    is
      (attrNames
        (readCargoPackage {
          src = fixtures + "/workspace";
          package = "crates/cli";
        }).manifests
      )
      [
        ""
        "crates/cli"
        "crates/core"
      ];
}
