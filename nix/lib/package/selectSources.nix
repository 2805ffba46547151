{ lib }:

/**
  Select the files of a workspace that are compiled: all but documentation, workflows,
  Nix files, tests and other files that no build reads. The rest is kept, because build
  scripts may need it: C sources, protobuf files, migrations, templates.

  - `withLock`: the source of the package.
  - `withoutLock`: the same without Cargo.lock, which the dependency layer is made from.

  # Type

  ```
  selectSources :: { src, manifests, extraFiles ? [ ] } -> { withLock, withoutLock :: path }
  ```
*/
{
  # The workspace's directory, a path.
  src,
  # Manifests of the workspace by directory, as in ./readCargoPackage.nix.
  manifests,
  # Paths, or strings relative to `src`, to include in any case.
  extraFiles ? [ ],
}:
let
  inherit (lib) fileset;

  matches = pattern: name: builtins.match pattern name != null;
  directories = lib.attrNames manifests;

  # Whether a crate's root module includes a file, as `include_str!("../README.md")`.
  isMentioned =
    name:
    lib.any (
      directory:
      lib.any
        (
          file:
          let
            path = src + "/${directory}/${file}";
          in
          builtins.pathExists path && lib.hasInfix name (builtins.readFile path)
        )
        [
          "src/lib.rs"
          "src/main.rs"
        ]
    ) directories;

  containsMember =
    name: lib.any (directory: directory == name || lib.hasPrefix "${name}/" directory) directories;
  isNeededDotfile = name: name == ".cargo" || name == ".sqlx" || containsMember name;
  isDocument =
    name:
    matches "(README|CHANGELOG|CHANGES|CONTRIBUTING|SECURITY|CODE_OF_CONDUCT)([._-].*)?" name
    || matches "LICEN[CS]E.*|COPYING.*" name;
  isUnused =
    name:
    (matches "[.].*" name && !(isNeededDotfile name))
    || (isDocument name && !(isMentioned name))
    ||
      !(containsMember name)
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
  unused = map (name: src + "/${name}") (lib.filter isUnused (lib.attrNames (builtins.readDir src)));

  # Cargo requires the files of targets that a manifest declares.
  undeclaredTestDirs =
    directory: manifest:
    map (kind: src + "/${directory}/${kind.directory}") (
      lib.filter (kind: !(manifest ? ${kind.table})) [
        {
          table = "test";
          directory = "tests";
        }
        {
          table = "bench";
          directory = "benches";
        }
        {
          table = "example";
          directory = "examples";
        }
      ]
    );
  tests = lib.concatLists (lib.mapAttrsToList undeclaredTestDirs manifests);

  toPath = file: if builtins.isPath file then file else src + "/${file}";
  selected = fileset.union (fileset.difference src (
    fileset.unions (map fileset.maybeMissing (unused ++ tests))
  )) (fileset.unions (map toPath extraFiles));
in
{
  withLock = fileset.toSource {
    root = src;
    fileset = selected;
  };
  withoutLock = fileset.toSource {
    root = src;
    fileset = fileset.difference selected (fileset.maybeMissing (src + "/Cargo.lock"));
  };
}
