{
  findWorkspace,
  isExcluded,
  readManifest,
  relativePath,
}:

/**
  Find the packages of a workspace: the directories in `workspace.members`, and those that
  they depend on by `path`, or that `[patch]` and `[replace]` lead to. A package in another
  workspace brings the manifest of that workspace with it, which it may inherit from.

  # Type

  ```
  findWorkspaceMembers :: { src, workspaceManifest, package } -> {
    directories :: [ string ];            # without `src` itself
    default :: [ string ] or null;        # of `workspace.default-members`
    builtWith :: string -> [ string ];    # what is compiled for the package in a directory
  }
  ```

  Directories are relative to `src`.
*/
{
  # The workspace's directory.
  src,
  # Its Cargo.toml.
  workspaceManifest,
  # Directory of the package that is built, which counts as a member, or null.
  package,
}:
let
  inherit (builtins)
    attrNames
    attrValues
    concatMap
    filter
    foldl'
    genericClosure
    isAttrs
    isString
    map
    match
    pathExists
    readDir
    replaceStrings
    split
    ;
  inherit (relativePath) join normalize;

  isPackage = directory: pathExists (src + "/${directory}/Cargo.toml");

  # The entries of a directory that match a component of a glob, as cargo's `glob` does it.
  matchComponent =
    component: directory:
    let
      path = src + "/${directory}";
      regex =
        replaceStrings
          [
            "."
            "+"
            "("
            ")"
            "{"
            "}"
            "^"
            "$"
            "|"
            "*"
            "?"
            "[!"
          ]
          [
            "[.]"
            "[+]"
            "[(]"
            "[)]"
            "[{]"
            "[}]"
            "\\^"
            "[$]"
            "[|]"
            "[^/]*"
            "[^/]"
            "[^"
          ]
          component;
      entries = if pathExists path then readDir path else { };
      subdirectories = filter (name: entries.${name} == "directory") (attrNames entries);
      isMatch = name: entries.${name} != "regular" && match regex name != null;
    in
    if match ".*[*?[].*" component == null then
      [ (join directory component) ]
    else if component == "**" then
      [ directory ] ++ concatMap (matchComponent component) (map (join directory) subdirectories)
    else
      map (join directory) (filter isMatch (attrNames entries));
  expandGlob =
    pattern:
    foldl' (
      directories: component:
      if component == ".." then
        map (directory: normalize "${directory}/..") directories
      else
        concatMap (matchComponent component) directories
    ) [ "" ] (filter (part: isString part && part != "" && part != ".") (split "/" pattern));
  expandMembers =
    pattern:
    let
      isGlob = match ".*[*?[].*" pattern != null;
      found = expandGlob pattern;
    in
    if isGlob then filter isPackage found else map checkMember found;
  checkMember =
    directory:
    if directory == null || isPackage directory then
      directory
    else
      throw "muslin: `workspace.members` lists `${directory}`, which has no `Cargo.toml`; add it to git (a flake sees only tracked files), or remove it from the list";

  patterns = workspaceManifest.workspace.members or [ ];
  isExcludedAtTop = isExcluded workspaceManifest;
  listed = filter (directory: directory != null && !(isExcludedAtTop directory)) (
    concatMap expandMembers patterns
  );

  # Cargo does not look at the dev-dependencies of packages that are no members, and no
  # build of executables compiles any.
  isMember =
    directory:
    directory == ""
    || workspaceManifest ? workspace && workspaceOf directory == "" && !(isExcludedAtTop directory);
  dependencyTables =
    withDev: directory:
    let
      manifest = manifestOf directory;
      kinds = table: [
        (table.dependencies or { })
        (table.build-dependencies or { })
        (if withDev && isMember directory then table.dev-dependencies or { } else { })
      ];
    in
    concatMap kinds ([ manifest ] ++ attrValues (manifest.target or { }));
  patches = attrValues (workspaceManifest.patch or { }) ++ [ (workspaceManifest.replace or { }) ];

  manifestOf =
    directory: if directory == "" then workspaceManifest else readManifest { inherit src directory; };
  workspaceOf = findWorkspace (
    directory: if directory == "" || isPackage directory then manifestOf directory else null
  );

  # The directory that a path in the Cargo.toml of a directory leads to.
  resolvePath =
    directory: path:
    let
      found = normalize "${directory}/${path}";
      file = if directory == "" then "Cargo.toml" else "${directory}/Cargo.toml";
    in
    if found == null then
      throw "muslin: `path = \"${path}\"` in `${file}` leads out of `src`; move `flake.nix` to a directory that has both, and name the package with `package = \"…\"`"
    else if found != "" && !(isPackage found) then
      throw "muslin: `path = \"${path}\"` in `${file}` has no `Cargo.toml`; add it to git (a flake sees only tracked files), or correct the path"
    else
      found;

  # Directories of the packages that the package in a directory depends on by `path`.
  pathDependencies =
    withDev: directory:
    let
      workspace = workspaceOf directory;
      inheritable = (manifestOf workspace).workspace.dependencies or { };
      ofDependency =
        name: dependency:
        let
          inherited = inheritable.${name} or null;
        in
        if !(isAttrs dependency) then
          [ ]
        else if dependency ? path then
          [ (resolvePath directory dependency.path) ]
        else if dependency.workspace or false && isAttrs inherited && inherited ? path then
          [ (resolvePath workspace inherited.path) ]
        else
          [ ];
      ofTable = table: concatMap (name: ofDependency name table.${name}) (attrNames table);
    in
    concatMap ofTable (dependencyTables withDev directory);
  patchedPaths = concatMap (
    table: map (d: resolvePath "" d.path) (filter (d: isAttrs d && d ? path) (attrValues table))
  ) patches;

  start =
    listed
    ++ patchedPaths
    ++ (if workspaceManifest ? package then [ "" ] else [ ])
    ++ (if package != null && isPackage package then [ package ] else [ ]);
  closure =
    operator: directories:
    map (node: node.key) (genericClosure {
      startSet = map (key: { inherit key; }) directories;
      operator = { key }: map (key: { inherit key; }) (operator key);
    });
in
{
  default =
    if workspaceManifest ? workspace.default-members then
      concatMap expandGlob workspaceManifest.workspace.default-members
    else
      null;
  directories = filter (directory: directory != "") (
    closure (directory: [ (workspaceOf directory) ] ++ pathDependencies true directory) start
  );
  builtWith = directory: closure (pathDependencies false) ([ directory ] ++ patchedPaths);
}
