/**
  A Cargo package and its workspace, read from their manifests without cargo and
  without building anything.

  # Type

  ```
  manifest :: { src :: path, package :: string or null } -> {
    root, member :: attrs;        # the two Cargo.toml, as TOML
    folder :: string;             # of the package, relative to src; "" at the root
    name, version :: string;
    fields :: attrs;              # [package], with what it inherits filled in
    bins :: [ string ];           # sorted
    members :: [ string ];        # folders of the workspace's members
  }
  ```
*/
{
  # Folder with the workspace's Cargo.toml, or the package's own.
  src,
  # Folder of the package in the workspace, such as "crates/cli".
  package ? null,
}:
let
  inherit (builtins)
    attrNames
    attrValues
    concatMap
    concatStringsSep
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
    sort
    split
    substring
    ;

  read = path: fromTOML (readFile path);
  join = folder: name: if folder == "" then name else "${folder}/${name}";
  quote = names: concatStringsSep ", " (map (name: "`${name}`") names);

  root =
    if pathExists (src + "/Cargo.toml") then
      read (src + "/Cargo.toml")
    else
      throw "muslin: there is no `Cargo.toml` in `src`; write `src = ./.;` in the flake beside it";

  # A member may be a pattern: `crates/*` stands for each folder with a manifest.
  # Only the last part may hold a `*`: that is what workspaces have.
  expand =
    pattern:
    let
      found = match "(.*/)?([^/]*)[*]([^/]*)" pattern;
      above = if elemAt found 0 == null then "" else elemAt (match "(.*)/" (elemAt found 0)) 0;
      begins = elemAt found 1;
      ends = elemAt found 2;
      literal = text: builtins.replaceStrings [ "." "+" ] [ "[.]" "[+]" ] text;
      fits = name: match "${literal begins}.*${literal ends}" name != null;
      folders = if pathExists (src + "/${above}") then attrNames (readDir (src + "/${above}")) else [ ];
    in
    if found == null then
      [ pattern ]
    else if match ".*[*].*" above != null then
      throw "muslin: the workspace's member `${pattern}` has a `*` in a part that is not its last; write the folders out in `workspace.members`"
    else
      filter (folder: pathExists (src + "/${folder}/Cargo.toml")) (
        map (join above) (filter fits folders)
      );

  excluded = root.workspace.exclude or [ ];
  listed = filter (folder: !(elem folder excluded)) (
    concatMap expand (root.workspace.members or [ ])
  );

  # `crates/cli/../core` without what leads back; null where it leads out of `src`.
  normal =
    path:
    foldl' (
      done: part:
      if done == null || part == "" || part == "." then
        done
      else if part != ".." then
        join done part
      else if done == "" then
        null
      else
        let
          above = match "(.*)/[^/]*" done;
        in
        if above == null then "" else head above
    ) "" (filter isString (split "/" path));

  # What depends on a package by its path makes it a member, as cargo has it.
  tables =
    manifest:
    concatMap (table: [
      (table.dependencies or { })
      (table.build-dependencies or { })
      (table.dev-dependencies or { })
    ]) ([ manifest ] ++ attrValues (manifest.target or { }));
  pathsOf =
    folder:
    let
      file = src + "/${join folder "Cargo.toml"}";
      manifest = if folder == "" then root else read file;
      shared = root.workspace.dependencies or { };
      pathOfDependency =
        name: dependency:
        if !(isAttrs dependency) then
          [ ]
        else if dependency ? path then
          [ "${folder}/${dependency.path}" ]
        else if dependency.workspace or false && isAttrs (shared.${name} or null) then
          if shared.${name} ? path then [ shared.${name}.path ] else [ ]
        else
          [ ];
      ofTable = table: concatMap (name: pathOfDependency name table.${name}) (attrNames table);
      all = concatMap ofTable (tables manifest);
    in
    filter (path: path != null && path != "" && pathExists (src + "/${path}/Cargo.toml")) (
      map normal all
    );
  closure = genericClosure {
    startSet = map (key: { inherit key; }) (
      listed
      ++ (if root ? package then [ "" ] else [ ])
      ++ filter (folder: pathExists (src + "/${folder}/Cargo.toml")) (
        filter (folder: folder != null) [ package ]
      )
    );
    operator = row: map (key: { inherit key; }) (pathsOf row.key);
  };
  members = filter (folder: folder != "") (map (row: row.key) closure);

  folder =
    if package != null then
      if pathExists (src + "/${package}/Cargo.toml") then
        package
      else
        throw "muslin: `package = \"${package}\"` has no `Cargo.toml`; the workspace's members are ${quote members}"
    else if root ? package then
      ""
    else
      throw "muslin: `Cargo.toml` is a workspace without a package of its own; choose a member with `package = \"…\"`: ${quote members}";

  member = if folder == "" then root else read (src + "/${folder}/Cargo.toml");
  place = if folder == "" then src else src + "/${folder}";
  file = join folder "Cargo.toml";

  own = member.package or (throw "muslin: `${file}` has no `[package]`");
  inherited = root.workspace.package or { };
  fill =
    key: value:
    if builtins.isAttrs value && value.workspace or false then
      inherited.${key}
        or (throw "muslin: `${key}.workspace = true` in `${file}`, but `[workspace.package]` has no `${key}`")
    else
      value;
  fields = builtins.mapAttrs fill own;

  name = fields.name or (throw "muslin: `[package]` in `${file}` has no `name`");

  # As cargo finds binaries: what is declared, and what is found and not declared
  # by name or path. Before edition 2018 what is declared hides what is found.
  declared = member.bin or [ ];
  pathOf =
    bin:
    bin.path or (
      if bin.name == name && pathExists (place + "/src/main.rs") then
        "src/main.rs"
      else if pathExists (place + "/src/bin/${bin.name}.rs") then
        "src/bin/${bin.name}.rs"
      else
        "src/bin/${bin.name}/main.rs"
    );
  inBin = if pathExists (place + "/src/bin") then readDir (place + "/src/bin") else { };
  foundInBin =
    entry:
    let
      file = match "(.*)[.]rs" entry;
    in
    if substring 0 1 entry == "." then
      [ ]
    else if file != null && inBin.${entry} != "directory" then
      [
        {
          name = elemAt file 0;
          path = "src/bin/${entry}";
        }
      ]
    else if pathExists (place + "/src/bin/${entry}/main.rs") then
      [
        {
          name = entry;
          path = "src/bin/${entry}/main.rs";
        }
      ]
    else
      [ ];
  found =
    (
      if pathExists (place + "/src/main.rs") then
        [
          {
            inherit name;
            path = "src/main.rs";
          }
        ]
      else
        [ ]
    )
    ++ concatMap foundInBin (attrNames inBin);
  declaredNames = map (bin: bin.name) declared;
  declaredPaths = map pathOf declared;
  undeclared = filter (bin: !(elem bin.name declaredNames) && !(elem bin.path declaredPaths)) found;
  discovers = fields.autobins or (declared == [ ] || fields.edition or "2015" != "2015");
in
{
  inherit
    root
    member
    folder
    file
    place
    name
    fields
    members
    ;
  version = fields.version or "0.0.0";
  bins = sort (a: b: a < b) (
    declaredNames ++ (if discovers then map (bin: bin.name) undeclared else [ ])
  );
}
