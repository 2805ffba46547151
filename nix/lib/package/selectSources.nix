{
  findIncludedFiles,
  lib,
  relativePath,
}:

/**
  Select the files of a workspace that a build may read: all but those in a list of what
  no build reads (documentation, workflows, Nix files, tests, benches, examples). Of these,
  too, everything stays that cargo or the code names: packages, files of targets that a
  manifest declares, included files, files that a build script names.

  - `all`: the source of the package.
  - `manifests`: the workspace's manifests and cargo's configuration alone, from which crane
    makes the dummy source of the dependency layer. It reads which targets a package has in
    the original directories; the whole tree would be copied into the store a second time,
    and manifests that are data of a test would be read, too.

  # Type

  ```
  selectSources :: { src, manifests, extraFiles ? [ ], exclude ? [ ] }
    -> { all, manifests :: path }
  ```
*/
{
  # The workspace's directory, a path.
  src,
  # Manifests of the workspace by directory, as in ./readCargoPackage.nix.
  manifests,
  # Paths, or strings relative to `src`, to include in any case.
  extraFiles ? [ ],
  # Paths, or strings relative to `src`, that are not source: a frontend, deployments.
  exclude ? [ ],
}:
let
  inherit (lib) fileset;
  inherit (relativePath) join normalize parent;

  toPath = file: if builtins.isPath file then file else src + "/${file}";
  existing = paths: map fileset.maybeMissing paths;
  # An argument of mkFlake.
  toExisting =
    argument: file:
    if builtins.pathExists (toPath file) then
      toPath file
    else
      throw "muslin: `${toString file}` in `${argument}` does not exist; it is relative to `src`, and must be in git (`git add` it): a flake sees only files that git tracks";

  matches = pattern: name: builtins.match pattern name != null;
  isDocument =
    name:
    matches "(README|CHANGELOG|CHANGES|CONTRIBUTING|SECURITY|CODE_OF_CONDUCT)([._-].*)?" name
    || matches "LICEN[CS]E.*|COPYING.*" name;
  isUnusedAtTop =
    name:
    (matches "[.].*" name && name != ".cargo" && name != ".sqlx")
    || isDocument name
    || lib.elem name [
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
  unusedIn =
    directory:
    let
      isUnused = if directory == "" then isUnusedAtTop else isDocument;
    in
    map (name: src + "/${join directory name}") (
      lib.filter isUnused (lib.attrNames (builtins.readDir (src + "/${directory}")))
    );
  unused = lib.concatMap unusedIn (lib.attrNames manifests);

  # Cargo requires the files of targets that a manifest declares.
  undeclaredTestDirs =
    directory: manifest:
    map (kind: src + "/${join directory kind.directory}") (
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
  testDirs = lib.concatLists (lib.mapAttrsToList undeclaredTestDirs manifests);

  base = fileset.difference src (fileset.unions (existing (unused ++ testDirs)));

  # A package that lies in a directory which is left out.
  packageFiles =
    directory: manifest:
    fileset.difference (src + "/${directory}") (
      fileset.unions (existing (unusedIn directory ++ undeclaredTestDirs directory manifest))
    );
  packages = lib.mapAttrsToList packageFiles (removeAttrs manifests [ "" ]);

  # Files of declared targets and of the build script, with the modules beside them.
  declaredFiles =
    directory: manifest:
    let
      targets = lib.concatMap (kind: manifest.${kind} or [ ]) [
        "bin"
        "test"
        "bench"
        "example"
      ];
      paths =
        lib.concatMap (target: lib.optional (target ? path) target.path) (
          targets ++ lib.optional (manifest ? lib) manifest.lib
        )
        ++ lib.filter lib.isString (lib.toList (manifest.package.build or [ ]));
      withModules =
        path:
        let
          file = normalize "${directory}/${path}";
          folder = parent file;
        in
        if file == null then
          [ ]
        else if folder == directory || folder == "" then
          [ file ]
        else
          [ folder ];
    in
    lib.concatMap withModules paths;
  needed =
    lib.concatLists (lib.mapAttrsToList declaredFiles manifests)
    ++ findIncludedFiles {
      inherit src manifests;
    };

  # What insta compares with in tests: thousands of files in some workspaces.
  snapshots = fileset.fileFilter (file: lib.hasSuffix ".snap" file.name) src;

  withoutData = fileset.difference (fileset.unions ([ base ] ++ packages)) snapshots;
  withNeeded = fileset.unions ([ withoutData ] ++ existing (map toPath needed));
  selected = fileset.union (fileset.difference withNeeded (fileset.unions (map (toExisting "exclude") exclude))) (
    fileset.unions (map (toExisting "extraFiles") extraFiles)
  );
in
{
  all = fileset.toSource {
    root = src;
    fileset = selected;
  };
  manifests = fileset.toSource {
    root = src;
    fileset = fileset.unions (
      existing (
        map toPath (
          map (directory: join directory "Cargo.toml") (lib.attrNames manifests)
          ++ [
            ".cargo/config"
            ".cargo/config.toml"
          ]
        )
      )
    );
  };
}
