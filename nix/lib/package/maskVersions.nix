{ }:

/**
  Replace the versions of the workspace's own packages by a placeholder in manifests
  and lock file, so that a release does not change the dependency layer.

  Nothing is replaced where cargo compares these versions: where a path dependency has
  a version requirement, or another package in the lock file has the same name.

  # Type

  ```
  maskVersions :: { cargoLock :: string, manifests :: [ attrs ] } -> {
    isMasked :: bool;
    cargoLock :: string;
    maskManifest :: attrs -> attrs;
  }
  ```
*/
{
  # Text of Cargo.lock.
  cargoLock,
  # Manifests of the workspace and its members.
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

  locked = (fromTOML cargoLock).package or [ ];
  local = filter (package: !(package ? source)) locked;
  isAmbiguous = package: length (filter (other: other.name == package.name) locked) > 1;

  dependencyTables =
    manifest:
    let
      tablesIn =
        table:
        map (key: table.${key} or { }) [
          "dependencies"
          "dev-dependencies"
          "build-dependencies"
        ];
    in
    tablesIn manifest
    ++ tablesIn (manifest.workspace or { })
    ++ concatMap tablesIn (attrValues (manifest.target or { }));
  hasPathAndVersion = dependency: isAttrs dependency && dependency ? path && dependency ? version;
  requiresPathVersion =
    manifest: any (table: any hasPathAndVersion (attrValues table)) (dependencyTables manifest);

  isMasked = !(any isAmbiguous local) && !(any requiresPathVersion manifests);

  # A lock file is edited as text, so that all else in it stays as cargo wrote it.
  maskLine =
    line: if match "version = \".*\"" line != null then "version = \"${placeholder}\"" else line;
  maskEntry =
    entry:
    let
      lines = filter isString (split "\n" entry);
      hasSource = any (line: match "source = .*" line != null) lines;
      isPackage = any (line: match "name = .*" line != null) lines;
    in
    if hasSource || !isPackage then entry else concatStringsSep "\n" (map maskLine lines);
  entries = filter isString (split "\\[\\[package]]" cargoLock);

  # `version.workspace = true` is kept; it inherits the placeholder.
  maskVersion =
    table: if isString (table.version or null) then table // { version = placeholder; } else table;
in
{
  inherit isMasked;
  cargoLock = if isMasked then concatStringsSep "[[package]]" (map maskEntry entries) else cargoLock;
  maskManifest =
    manifest:
    if !isMasked then
      manifest
    else
      manifest
      // (if manifest ? package then { package = maskVersion manifest.package; } else { })
      // (
        if manifest ? workspace.package then
          {
            workspace = manifest.workspace // {
              package = maskVersion manifest.workspace.package;
            };
          }
        else
          { }
      );
}
