/**
  Manifests and lock file without the versions of the workspace's own packages,
  so that a new version leaves the dependency layer as it is.

  Where a path dependency asks for a version, or a package of the workspace shares
  its name with another one of the lock file, the versions stay: cargo compares them.

  # Type

  ```
  maskVersion :: { lock :: string, manifests :: [ attrs ] } -> {
    masks :: bool; lock :: string; manifest :: attrs -> attrs;
  }
  ```
*/
{
  # The text of Cargo.lock.
  lock,
  # The manifests of the workspace and its members, as TOML.
  manifests,
}:
let
  inherit (builtins)
    any
    attrValues
    concatMap
    concatStringsSep
    filter
    fromTOML
    isAttrs
    isString
    length
    map
    match
    split
    ;

  placeholder = "0.0.0";

  packages = (fromTOML lock).package or [ ];
  local = filter (package: !(package ? source)) packages;
  named = name: filter (package: package.name == name) packages;
  isAmbiguous = package: length (named package.name) > 1;

  # Every table of dependencies in a manifest.
  tables =
    manifest:
    let
      of =
        table:
        map (key: table.${key} or { }) [
          "dependencies"
          "dev-dependencies"
          "build-dependencies"
        ];
    in
    of manifest ++ of (manifest.workspace or { }) ++ concatMap of (attrValues (manifest.target or { }));
  asksForVersion = dependency: isAttrs dependency && dependency ? path && dependency ? version;
  pathVersion = manifest: any (table: any asksForVersion (attrValues table)) (tables manifest);

  masks = !(any isAmbiguous local) && !(any pathVersion manifests);

  blocks = filter isString (split "\\[\\[package]]" lock);
  maskLine =
    line: if match "version = \".*\"" line != null then "version = \"${placeholder}\"" else line;
  maskBlock =
    block:
    let
      lines = filter isString (split "\n" block);
      hasSource = any (line: match "source = .*" line != null) lines;
      isPackage = any (line: match "name = .*" line != null) lines;
    in
    if hasSource || !isPackage then block else concatStringsSep "\n" (map maskLine lines);

  # `version.workspace = true` stays, and finds the placeholder.
  maskTable =
    table: if isString (table.version or null) then table // { version = placeholder; } else table;
in
{
  inherit masks;
  lock = if masks then concatStringsSep "[[package]]" (map maskBlock blocks) else lock;
  manifest =
    manifest:
    if !masks then
      manifest
    else
      manifest
      // (if manifest ? package then { package = maskTable manifest.package; } else { })
      // (
        if manifest ? workspace.package then
          {
            workspace = manifest.workspace // {
              package = maskTable manifest.workspace.package;
            };
          }
        else
          { }
      );
}
