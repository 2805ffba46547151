{ }:

/**
  Find the members of a workspace as cargo does: the directories in
  `workspace.members`, and those that a member depends on by `path`.

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
    attrNames
    attrValues
    concatMap
    elem
    elemAt
    filter
    foldl'
    fromTOML
    genericClosure
    head
    isAttrs
    isString
    map
    match
    pathExists
    readDir
    readFile
    replaceStrings
    split
    ;

  join = directory: name: if directory == "" then name else "${directory}/${name}";
  isPackage = directory: pathExists (src + "/${directory}/Cargo.toml");

  # The directories that match an entry of `workspace.members`. A `*` is supported in
  # the last component only.
  expandGlob =
    pattern:
    let
      parts = match "(.*/)?([^/]*)[*]([^/]*)" pattern;
      parent = if elemAt parts 0 == null then "" else elemAt (match "(.*)/" (elemAt parts 0)) 0;
      escape = replaceStrings [ "." "+" ] [ "[.]" "[+]" ];
      isMatch = name: match "${escape (elemAt parts 1)}.*${escape (elemAt parts 2)}" name != null;
      entries = if pathExists (src + "/${parent}") then attrNames (readDir (src + "/${parent}")) else [ ];
    in
    if parts == null then
      [ pattern ]
    else if match ".*[*].*" parent != null then
      throw "muslin: `${pattern}` in `workspace.members` has a `*` before its last component, which is not supported; list the directories"
    else
      filter isPackage (map (join parent) (filter isMatch entries));

  excluded = workspaceManifest.workspace.exclude or [ ];
  listed = filter (directory: !(elem directory excluded)) (
    concatMap expandGlob (workspaceManifest.workspace.members or [ ])
  );

  # Resolve `.` and `..`: "crates/cli/../core" is "crates/core". Null for a path that
  # leads out of `src`.
  normalize =
    path:
    foldl' (
      done: component:
      if done == null || component == "" || component == "." then
        done
      else if component != ".." then
        join done component
      else if done == "" then
        null
      else
        let
          parent = match "(.*)/[^/]*" done;
        in
        if parent == null then "" else head parent
    ) "" (filter isString (split "/" path));

  dependencyTables =
    manifest:
    concatMap (table: [
      (table.dependencies or { })
      (table.build-dependencies or { })
      (table.dev-dependencies or { })
    ]) ([ manifest ] ++ attrValues (manifest.target or { }));
  workspaceDependencies = workspaceManifest.workspace.dependencies or { };
  # Directories of the packages that the package in a directory depends on by `path`.
  pathDependencies =
    directory:
    let
      manifest =
        if directory == "" then
          workspaceManifest
        else
          fromTOML (readFile (src + "/${directory}/Cargo.toml"));
      pathOf =
        name: dependency:
        if !(isAttrs dependency) then
          [ ]
        else if dependency ? path then
          [ "${directory}/${dependency.path}" ]
        else if dependency.workspace or false && isAttrs (workspaceDependencies.${name} or null) then
          if workspaceDependencies.${name} ? path then [ workspaceDependencies.${name}.path ] else [ ]
        else
          [ ];
      paths = concatMap (table: concatMap (name: pathOf name table.${name}) (attrNames table)) (
        dependencyTables manifest
      );
    in
    filter (path: path != null && path != "" && isPackage path) (map normalize paths);

  start =
    listed
    ++ (if workspaceManifest ? package then [ "" ] else [ ])
    ++ (if package != null && isPackage package then [ package ] else [ ]);
  closure = genericClosure {
    startSet = map (key: { inherit key; }) start;
    operator = { key }: map (key: { inherit key; }) (pathDependencies key);
  };
in
filter (directory: directory != "") (map (node: node.key) closure)
