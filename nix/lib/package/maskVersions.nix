{ findWorkspace }:

/**
  Replace the versions of the workspace's own packages by a placeholder in manifests
  and lock file, so that a release does not change the dependency layer.

  A path dependency on such a package loses its version requirement, which the
  placeholder would not meet. Packages keep their version where it decides what cargo
  chooses: where `[patch]` or `[replace]` leads to them, and where another package in
  the lock file has the same name.

  # Type

  ```
  maskVersions :: { cargoLock :: string, manifests :: { <directory> = attrs; } } -> {
    masked :: [ string ];            # names of the packages with the placeholder
    cargoLock :: string;
    maskManifest :: string -> attrs -> attrs;    # of a directory
  }
  ```
*/
{
  # Text of Cargo.lock.
  cargoLock,
  # Manifests of the workspace and its members by directory, as in ./readCargoPackage.nix.
  manifests,
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
    fromTOML
    head
    isAttrs
    isString
    length
    map
    mapAttrs
    match
    removeAttrs
    split
    ;

  placeholder = "0.0.0";

  locked = (fromTOML cargoLock).package or [ ];
  isAmbiguous = name: length (filter (package: package.name == name) locked) > 1;

  workspaceManifest = manifests."" or { };
  # What `[patch]` and `[replace]` lead to, by name: cargo compares its version with the
  # requirements of the packages that it replaces.
  patched = concatMap (
    table:
    map (name: table.${name}.package or (elemAt (match "(.*#)?([^:#]*)(:.*)?" name) 1)) (
      attrNames table
    )
  ) (attrValues (workspaceManifest.patch or { }) ++ [ (workspaceManifest.replace or { }) ]);

  nameOf = manifest: manifest.package.name or null;
  masked = filter (name: name != null && !(elem name patched) && !(isAmbiguous name)) (
    map nameOf (attrValues manifests)
  );
  isMasked = manifest: elem (nameOf manifest) masked;

  # A lock file is edited as text, so that all else in it stays as cargo wrote it.
  maskLine =
    line: if match "version = \".*\"" line != null then "version = \"${placeholder}\"" else line;
  maskEntry =
    entry:
    let
      lines = filter isString (split "\n" entry);
      hasSource = filter (line: match "source = .*" line != null) lines != [ ];
      names = concatMap (
        line:
        let
          name = match "name = \"(.*)\"" line;
        in
        if name == null then [ ] else name
      ) lines;
    in
    if !hasSource && names != [ ] && elem (head names) masked then
      concatStringsSep "\n" (map maskLine lines)
    else
      entry;
  entries = filter isString (split "\\[\\[package]]" cargoLock);

  maskDependency =
    name: dependency:
    if isAttrs dependency && dependency ? path && elem (dependency.package or name) masked then
      removeAttrs dependency [ "version" ]
    else
      dependency;
  maskTables =
    table:
    mapAttrs (
      key: value:
      if
        elem key [
          "dependencies"
          "dev-dependencies"
          "build-dependencies"
        ]
      then
        mapAttrs maskDependency value
      else if key == "target" then
        mapAttrs (_target: maskTables) value
      else
        value
    ) table;

  workspaceOf = findWorkspace (directory: manifests.${directory} or null);
  # `version.workspace = true` is written out, because [workspace.package] gets the
  # placeholder, and not every member may.
  maskPackage =
    directory: manifest:
    let
      version = manifest.package.version or null;
      inherited = manifests.${workspaceOf directory}.workspace.package.version or null;
    in
    if version == null then
      manifest.package
    else if isMasked manifest then
      manifest.package // { version = placeholder; }
    else if isAttrs version && version.workspace or false && inherited != null then
      manifest.package // { version = inherited; }
    else
      manifest.package;
  maskWorkspace =
    workspace:
    maskTables workspace
    // (
      if workspace ? package.version then
        {
          package = workspace.package // {
            version = placeholder;
          };
        }
      else
        { }
    );
in
{
  inherit masked;
  cargoLock = concatStringsSep "[[package]]" (map maskEntry entries);
  maskManifest =
    directory: manifest:
    maskTables manifest
    // (if manifest ? package then { package = maskPackage directory manifest; } else { })
    // (if manifest ? workspace then { workspace = maskWorkspace manifest.workspace; } else { });
}
