{ relativePath }:

/**
  Find the packages of a workspace: the directories in `workspace.members`, and those that
  they depend on by `path`, or that `[patch]` and `[replace]` lead to.

  # Type

  ```
  findWorkspaceMembers :: { src, workspaceManifest, package } -> [ string ]
  ```

  Directories are relative to `src`; `src` itself is not listed.
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
    any
    attrNames
    attrValues
    concatMap
    filter
    foldl'
    fromTOML
    genericClosure
    isAttrs
    isString
    map
    match
    pathExists
    readDir
    readFile
    replaceStrings
    split
    stringLength
    substring
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
      isMatch = name: entries.${name} != "regular" && match regex name != null;
    in
    if match ".*[*?[].*" component == null then
      [ (join directory component) ]
    else if component == "**" then
      throw "muslin: an entry of `workspace.members` has the component `**`, which is not supported; list the directories"
    else
      map (join directory) (filter isMatch (attrNames entries));
  expandGlob =
    pattern:
    let
      components = filter (part: isString part && part != "" && part != ".") (split "/" pattern);
      isGlob = match ".*[*?[].*" pattern != null;
      found = foldl' (
        directories: component:
        if component == ".." then
          map (directory: normalize "${directory}/..") directories
        else
          concatMap (matchComponent component) directories
      ) [ "" ] components;
    in
    # cargo passes over what a glob matches and is no package, and wants what is listed.
    if isGlob then filter isPackage found else map checkMember found;
  checkMember =
    directory:
    if directory == null || isPackage directory then
      directory
    else
      throw "muslin: `workspace.members` lists `${directory}`, which has no `Cargo.toml`; add it to git (a flake sees only tracked files), or remove it from the list";

  isBelow =
    directory: path:
    path == directory || substring 0 (stringLength directory + 1) path == "${directory}/";
  excluded = filter (path: path != null) (map normalize (workspaceManifest.workspace.exclude or [ ]));
  listed = filter (directory: directory != null && !(any (path: isBelow path directory) excluded)) (
    concatMap expandGlob (workspaceManifest.workspace.members or [ ])
  );

  dependencyTables =
    manifest:
    concatMap (table: [
      (table.dependencies or { })
      (table.build-dependencies or { })
      (table.dev-dependencies or { })
    ]) ([ manifest ] ++ attrValues (manifest.target or { }));
  workspaceDependencies = workspaceManifest.workspace.dependencies or { };
  patches = attrValues (workspaceManifest.patch or { }) ++ [ (workspaceManifest.replace or { }) ];
  pathsOf =
    tables:
    concatMap (
      table: filter (path: path != null) (map (d: d.path or null) (filter isAttrs (attrValues table)))
    ) tables;

  # Directories of the packages that the package in a directory depends on by `path`.
  pathDependencies =
    directory:
    let
      manifest =
        if directory == "" then
          workspaceManifest
        else
          fromTOML (readFile (src + "/${directory}/Cargo.toml"));
      tables = dependencyTables manifest;
      inheritedPaths =
        table:
        concatMap (
          name:
          let
            inherited = workspaceDependencies.${name} or null;
          in
          if
            isAttrs table.${name} && table.${name}.workspace or false && isAttrs inherited && inherited ? path
          then
            [ inherited.path ]
          else
            [ ]
        ) (attrNames table);
      paths = map (path: "${directory}/${path}") (pathsOf tables) ++ concatMap inheritedPaths tables;
    in
    filter (path: path != null && path != "" && isPackage path) (map normalize paths);

  start =
    listed
    ++ filter (path: path != null && isPackage path) (map normalize (pathsOf patches))
    ++ (if workspaceManifest ? package then [ "" ] else [ ])
    ++ (if package != null && isPackage package then [ package ] else [ ]);
  closure = genericClosure {
    startSet = map (key: { inherit key; }) start;
    operator = { key }: map (key: { inherit key; }) (pathDependencies key);
  };
in
filter (directory: directory != "") (map (node: node.key) closure)
