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

  - `all`: the source of the packages.
  - `code`, `others`: the same in two parts: the Rust files of the packages in `packageDirs`,
    and all other files. Their path dependencies are compiled from `others` alone. It has
    those Rust files, too, that path dependencies, declared tests or `extraFiles` name.
  - `manifests`: the workspace's manifests and cargo's configuration alone, from which crane
    makes the dummy source of the dependency layer. It reads which targets a package has in
    the original directories; the whole tree would be copied into the store a second time,
    and manifests that are data of a test would be read, too.

  # Type

  ```
  selectSources :: { src, manifests, built, packageDirs, extraFiles ? [ ], exclude ? [ ] }
    -> { all, code, others, manifests :: path }
  ```
*/
{
  # The workspace's directory, a path.
  src,
  # Manifests of the workspace by directory, as in ./readCargoPackage.nix.
  manifests,
  # Directories of the packages that are compiled.
  built,
  # Of these, those that no other one depends on.
  packageDirs ? [ ],
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

  # What a manifest declares and cargo requires: files of targets and of the build script,
  # which come with the modules beside them, and files of tests, benches and examples.
  declaredBy =
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
      ofTests = lib.concatLists (lib.mapAttrsToList filesOfTest testKinds);
      inPackage =
        paths: lib.filter (path: path != null) (map (path: normalize "${directory}/${path}") paths);
      withModules =
        file:
        let
          folder = parent file;
        in
        if folder == directory || folder == "" then file else folder;
    in
    {
      code = map withModules (inPackage compiled);
      tests = inPackage ofTests;
    };
  declared = lib.mapAttrs declaredBy manifests;
  included = findIncludedFiles {
    inherit src;
    manifests = lib.filterAttrs (directory: _: lib.elem directory built) manifests;
  };
  toFiles = paths: fileset.unions (existing (map pathOf paths));
  valuesOf = attrs: lib.concatLists (lib.attrValues attrs);
  tests = valuesOf (lib.mapAttrs (_: files: files.tests) declared);
  codeOf = declared: valuesOf (lib.mapAttrs (_: files: files.code) declared);

  # What insta compares with in tests: thousands of files in some workspaces.
  snapshots = fileset.fileFilter (file: lib.hasSuffix ".snap" file.name) src;

  withoutData = fileset.difference (fileset.unions ([ base ] ++ packages)) snapshots;
  withNamed = fileset.union withoutData (toFiles (tests ++ codeOf declared ++ valuesOf included));
  extra = fileset.unions (map (toExisting "extraFiles") extraFiles);
  all = fileset.union (fileset.difference withNamed (fileset.unions (map (toExisting "exclude") exclude))) extra;

  ofOthers = attrs: removeAttrs attrs packageDirs;
  others = map (directory: src + "/${directory}") (
    lib.remove "" (lib.attrNames (ofOthers manifests))
  );
  rustFilesOf =
    directory: fileset.fileFilter (file: lib.hasSuffix ".rs" file.name) (src + "/${directory}");
  # The Rust files of `packageDirs` that nothing else names.
  code =
    fileset.difference (fileset.intersection all (fileset.unions (map rustFilesOf packageDirs)))
      (
        fileset.unions [
          (fileset.unions (existing others))
          (toFiles (tests ++ codeOf (ofOthers declared) ++ valuesOf (ofOthers included)))
          extra
        ]
      );

  toSource =
    files:
    fileset.toSource {
      root = src;
      fileset = files;
    };
in
{
  all = toSource all;
  code = toSource code;
  others = toSource (fileset.difference all code);
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
