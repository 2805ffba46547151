{ }:

/**
  Read the text of a workspace's Cargo.lock, and refuse one that lacks a dependency of the
  workspace or has another version of one of its packages: cargo would refuse it as well,
  in the middle of a build.

  # Type

  ```
  readCargoLock :: { src, manifests } -> string
  ```
*/
{
  # The workspace's directory.
  src,
  # Manifests of the workspace by directory, as in ./readCargoPackage.nix.
  manifests,
}:
let
  inherit (builtins)
    addErrorContext
    any
    attrNames
    attrValues
    concatMap
    elem
    filter
    fromTOML
    groupBy
    head
    isAttrs
    isString
    map
    pathExists
    readFile
    stringLength
    substring
    ;

  mend = "run `cargo update --workspace` and `git add Cargo.lock`";

  text = readFile (src + "/Cargo.lock");
  locked =
    addErrorContext
      "muslin: `Cargo.lock` is not valid TOML; take the one of the last commit, or delete it and run `cargo generate-lockfile`"
      ((fromTOML text).package or [ ]);
  allNames = groupBy (package: package.name) locked;
  # Packages without a source are those of the workspace.
  ownNames = groupBy (package: package.name) (filter (package: !(package ? source)) locked);
  versionsOf = name: map (package: package.version) ownNames.${name};

  workspace = manifests."".workspace or { };
  isBelow = directory: path: substring 0 (stringLength directory + 1) "${path}/" == "${directory}/";
  # Another workspace, such as one that a path dependency belongs to, has versions of its own.
  isElsewhere =
    path:
    any (directory: directory != "" && manifests.${directory} ? workspace && isBelow directory path) (
      attrNames manifests
    );
  # A patch that nothing uses is not locked as other packages are.
  hasPatches = any (table: any (patch: isAttrs patch && patch ? path) (attrValues table)) (
    attrValues (manifests."".patch or { })
  );

  problemsOf =
    directory:
    let
      manifest = manifests.${directory};
      file = if directory == "" then "Cargo.toml" else "${directory}/Cargo.toml";
      inherit (manifest.package) name;
      version =
        if isAttrs (manifest.package.version or null) then
          workspace.package.version or null
        else
          manifest.package.version or "0.0.0";
      isLocked = ownNames ? ${name};
      ofPackage =
        if !isLocked && !hasPatches then
          [ "muslin: `Cargo.lock` is out of date: it lacks `${name}`, the package in `${file}`; ${mend}" ]
        else if isLocked && isString version && !(elem version (versionsOf name)) then
          [
            "muslin: `Cargo.lock` is out of date: it has `${name}` ${head (versionsOf name)}, and `${file}` says ${version}; ${mend}"
          ]
        else
          [ ];
      nameOf =
        key: dependency:
        let
          full =
            if isAttrs dependency && dependency.workspace or false then
              workspace.dependencies.${key} or { }
            else
              dependency;
        in
        if isAttrs full then full.package or key else key;
      # Optional dependencies of a package that is no member are locked only where a feature
      # wants them.
      isOptional = dependency: isAttrs dependency && dependency.optional or false;
      ofTable =
        table:
        map
          (
            dependency:
            "muslin: `Cargo.lock` is out of date: it lacks `${dependency}`, which `${file}` depends on; ${mend}"
          )
          (
            filter (dependency: !(allNames ? ${dependency})) (
              map (key: nameOf key table.${key}) (filter (key: !(isOptional table.${key})) (attrNames table))
            )
          );
      ofTables = table: ofTable (table.dependencies or { }) ++ ofTable (table.build-dependencies or { });
    in
    if !(manifest ? package.name) || isElsewhere directory then
      [ ]
    else
      ofPackage
      ++ (
        if isLocked then concatMap ofTables ([ manifest ] ++ attrValues (manifest.target or { })) else [ ]
      );
  problems = concatMap problemsOf (attrNames manifests);
in
if !(pathExists (src + "/Cargo.lock")) then
  throw "muslin: no `Cargo.lock` next to the workspace's `Cargo.toml`; run `cargo generate-lockfile` and `git add Cargo.lock`: a flake sees only files that git tracks"
else if problems != [ ] then
  throw (head problems)
else
  text
