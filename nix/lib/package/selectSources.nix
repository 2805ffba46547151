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
  selectSources :: { src, manifests, built, extraFiles ? [ ], exclude ? [ ] }
    -> { all, manifests :: path }
  ```
*/
{
  # The workspace's directory, a path.
  src,
  # Manifests of the workspace by directory, as in ./readCargoPackage.nix.
  manifests,
  # Directories of the packages that are compiled.
  built,
  # Paths, or strings relative to `src`, to include in any case.
  extraFiles ? [ ],
  # Paths, or strings relative to `src`, that are not source: a frontend, deployments.
  exclude ? [ ],
}:
let
  inherit (lib) fileset;
  inherit (relativePath) join normalize parent;

  pathOf = file: if builtins.isPath file then file else src + "/${file}";
  existing = paths: map fileset.maybeMissing paths;
  # An argument of mkFlake.
  toExisting =
    argument: file:
    if builtins.pathExists (pathOf file) then
      pathOf file
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

  testKinds = {
    test = "tests";
    bench = "benches";
    example = "examples";
  };
  testDirsOf = directory: map (kind: src + "/${join directory kind}") (lib.attrValues testKinds);
  leftOut = fileset.unions (existing (unused ++ lib.concatMap testDirsOf (lib.attrNames manifests)));
  base = fileset.difference src leftOut;

  # A package that lies in a directory which is left out. Of one that is not compiled, cargo
  # reads the manifest, and looks for the files of targets.
  packageFiles =
    directory:
    let
      own = fileset.difference (src + "/${directory}") (
        fileset.unions (existing (unusedIn directory ++ testDirsOf directory))
      );
      isForCargo = file: file.name == "Cargo.toml" || lib.hasSuffix ".rs" file.name;
    in
    if lib.elem directory built then
      own
    else
      fileset.intersection own (fileset.fileFilter isForCargo (src + "/${directory}"));
  packages = map packageFiles (lib.remove "" (lib.attrNames manifests));

  # Files of declared targets, which cargo requires, and of the build script. What is
  # compiled comes with the modules beside it.
  declaredFiles =
    directory: manifest:
    let
      compiled =
        lib.catAttrs "path" (manifest.bin or [ ] ++ [ (manifest.lib or { }) ])
        ++ lib.filter lib.isString (lib.toList (manifest.package.build or [ ]));
      filesOfTest =
        kind: folder:
        lib.concatMap (
          target:
          if target ? path then
            [ target.path ]
          else
            map (end: "${folder}/${target.name}${end}") [
              ".rs"
              "/main.rs"
            ]
        ) (manifest.${kind} or [ ]);
      tests = lib.concatLists (lib.mapAttrsToList filesOfTest testKinds);
      inPackage = path: normalize "${directory}/${path}";
      withModules =
        file:
        let
          folder = parent file;
        in
        if folder == directory || folder == "" then file else folder;
      isIn = file: file != null;
    in
    map withModules (lib.filter isIn (map inPackage compiled)) ++ lib.filter isIn (map inPackage tests);
  needed =
    lib.concatLists (lib.mapAttrsToList declaredFiles manifests)
    ++ findIncludedFiles {
      inherit src;
      manifests = lib.filterAttrs (directory: _: lib.elem directory built) manifests;
    };

  # What insta compares with in tests: thousands of files in some workspaces.
  snapshots = fileset.fileFilter (file: lib.hasSuffix ".snap" file.name) src;

  withoutData = fileset.difference (fileset.unions ([ base ] ++ packages)) snapshots;
  withNeeded = fileset.unions ([ withoutData ] ++ existing (map pathOf needed));
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
        map pathOf (
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
