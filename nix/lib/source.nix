{ lib }:

/**
  The files that executables are compiled from: the workspace without what no build
  reads (documents, workflows, Nix files, tests). All else is in it, so that build
  scripts find their C sources, protos, migrations and templates.

  - `files`: the source of the package.
  - `locked`: its manifests and places of sources, without the lock file, for the
    dependency layer.

  # Type

  ```
  source :: { src :: path, extraFiles :: [ path | string ], manifests :: [ attrs ] } -> {
    files, unlocked :: path;
  }
  ```
*/
{
  # Root of the workspace.
  src,
  # Added, whatever is left out.
  extraFiles ? [ ],
  # Manifests of the workspace by their folders, as TOML.
  manifests,
}:
let
  inherit (lib) fileset;

  entries = builtins.readDir src;
  matches = pattern: name: builtins.match pattern name != null;

  # Text that the code includes is source: many packages show their README as docs.
  mentions =
    word:
    lib.any (
      folder:
      lib.any
        (
          file:
          let
            path = src + "/${folder}/${file}";
          in
          builtins.pathExists path && lib.hasInfix word (builtins.readFile path)
        )
        [
          "src/lib.rs"
          "src/main.rs"
        ]
    ) (lib.attrNames manifests);

  holdsMember =
    name: lib.any (folder: folder == name || lib.hasPrefix "${name}/" folder) (lib.attrNames manifests);
  kept = name: name == ".cargo" || name == ".sqlx" || holdsMember name;
  isDocument =
    name: matches "(README|CHANGELOG|CHANGES|CONTRIBUTING|SECURITY|CODE_OF_CONDUCT)([._-].*)?" name;
  isLeftOut =
    name:
    (matches "[.].*" name && !(kept name))
    || (isDocument name && !(mentions name))
    || matches "LICEN[CS]E.*|COPYING.*" name && !(mentions name)
    ||
      !(holdsMember name)
      && lib.elem name [
        "CODEOWNERS"
        "Dockerfile"
        "Makefile"
        "clippy.toml"
        "deny.toml"
        "doc"
        "docs"
        "flake.lock"
        "flake.nix"
        "justfile"
        "nix"
        "result"
        "rustfmt.toml"
        "scripts"
        "target"
      ];

  # Cargo wants the files of declared tests, so those of such packages stay.
  declares = manifest: kind: manifest ? ${kind};
  testFolders =
    folder: manifest:
    map (kind: src + "/${folder}/${kind.folder}") (
      lib.filter (kind: !(declares manifest kind.table)) [
        {
          table = "test";
          folder = "tests";
        }
        {
          table = "bench";
          folder = "benches";
        }
        {
          table = "example";
          folder = "examples";
        }
      ]
    );

  leftOut = map (name: src + "/${name}") (lib.filter isLeftOut (lib.attrNames entries));
  tests = lib.concatLists (lib.mapAttrsToList testFolders manifests);
  toPath = file: if builtins.isPath file then file else src + "/${file}";

  compiled = fileset.union (fileset.difference src (
    fileset.unions (map fileset.maybeMissing (leftOut ++ tests))
  )) (fileset.unions (map toPath extraFiles));
in
{
  files = fileset.toSource {
    root = src;
    fileset = compiled;
  };
  unlocked = fileset.toSource {
    root = src;
    fileset = fileset.difference compiled (fileset.maybeMissing (src + "/Cargo.lock"));
  };
}
