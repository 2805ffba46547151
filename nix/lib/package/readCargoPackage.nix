{
  findBinaries,
  findWorkspaceMembers,
  quoteNames,
  readManifest,
  relativePath,
}:

/**
  Read a Cargo package and its workspace from their manifests, without running cargo
  and without building a derivation.

  # Type

  ```
  readCargoPackage :: { src :: path, package :: string or null } -> {
    workspaceManifest :: attrs;    # Cargo.toml in `src`
    packageManifest :: attrs;      # the package's Cargo.toml
    manifestPath :: string;        # of the package's Cargo.toml, relative to `src`
    packageDir :: string;          # relative to `src`, "" for `src` itself
    packagePath :: path;           # the same directory
    name, version :: string;
    fields :: attrs;               # [package], with inherited keys filled in
    bins :: [ string ];            # names of the binaries, sorted
    withBinaries :: [ string ];    # directories of the default members that have binaries,
                                   # else of all members that have some
    members :: [ string ];         # directories of the members, without `src` itself
    built :: [ string ];           # directories of the packages that are compiled for it
    manifests :: { <directory> = attrs; };  # of `src`, all members and their workspaces
  }
  ```
*/
{
  # Directory with the Cargo.toml of the workspace, or of a package without one.
  src,
  # Directory of the package in the workspace, such as "crates/cli".
  package ? null,
}:
let
  inherit (builtins)
    elem
    filter
    isAttrs
    listToAttrs
    map
    mapAttrs
    pathExists
    ;

  manifestOf = directory: readManifest { inherit src directory; };

  workspaceManifest =
    if pathExists (src + "/Cargo.toml") then
      manifestOf ""
    else
      throw "muslin: `src` has no `Cargo.toml`; write `src = ./.;` in a flake.nix next to it";

  found = findWorkspaceMembers {
    inherit src workspaceManifest;
    # Without [workspace], each package stands for itself.
    package = if workspaceManifest ? workspace then null else chosen;
  };

  manifests =
    listToAttrs (
      map (directory: {
        name = directory;
        value = manifestOf directory;
      }) found.directories
    )
    // {
      "" = workspaceManifest;
    };
  # A virtual manifest of another workspace is none.
  members = filter (directory: manifests.${directory} ? package) found.directories;

  hasBinaries =
    directory:
    findBinaries {
      packageManifest = manifests.${directory};
      packagePath = pathOf directory;
      # An inherited edition does not decide whether there are any.
      fields = manifests.${directory}.package;
    } != [ ];
  withBinaries =
    let
      all = filter hasBinaries members;
      default = filter (directory: elem directory found.default) all;
    in
    if found.default == null || default == [ ] then all else default;

  # Written `./crates/cli/` as well.
  chosen = if package == null then null else relativePath.normalize package;
  packageDir =
    if package == null then
      if workspaceManifest ? package then
        ""
      else
        throw "muslin: `Cargo.toml` is a virtual manifest, a workspace without a root package; choose a member with `package = \"…\"`: ${
          quoteNames (if withBinaries == [ ] then members else withBinaries)
        }"
    else if chosen == null || !(pathExists (src + "/${chosen}/Cargo.toml")) then
      throw "muslin: `package = \"${package}\"` has no `Cargo.toml`; the members of the workspace are ${quoteNames members}"
    else if workspaceManifest ? workspace && chosen != "" && !(elem chosen members) then
      throw "muslin: `package = \"${package}\"` is not a member of the workspace; add it to `workspace.members`, or choose one of ${quoteNames members}"
    else
      chosen;
  pathOf = directory: if directory == "" then src else src + "/${directory}";
  packagePath = pathOf packageDir;
  manifestPath = if packageDir == "" then "Cargo.toml" else "${packageDir}/Cargo.toml";
  packageManifest = if packageDir == "" then workspaceManifest else manifestOf packageDir;

  inherited = workspaceManifest.workspace.package or { };
  # `key.workspace = true` takes the value from [workspace.package].
  resolveInherited =
    key: value:
    if isAttrs value && value.workspace or false then
      inherited.${key}
        or (throw "muslin: `${manifestPath}` has `${key}.workspace = true`, but `[workspace.package]` has no `${key}`")
    else
      value;
  fields = mapAttrs resolveInherited (
    packageManifest.package or (throw "muslin: `${manifestPath}` has no `[package]`")
  );
  name = fields.name or (throw "muslin: `[package]` in `${manifestPath}` has no `name`");
in
{
  inherit
    workspaceManifest
    packageManifest
    manifestPath
    packageDir
    packagePath
    name
    fields
    members
    manifests
    withBinaries
    ;
  version = fields.version or "0.0.0";
  built = found.builtWith packageDir;
  bins = findBinaries { inherit packageManifest packagePath fields; };
}
