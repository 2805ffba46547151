{ relativePath }:

/**
  Find the files that code includes from other directories: by `include_str!`,
  `include_bytes!`, `include!`, `include_dir!` or `#[path = …]` with a literal path, and the
  literals in a build script that are paths. No regular expression sees more than a few
  hundred characters: those of Nix overflow the stack on large files.

  # Type

  ```
  findIncludedFiles :: { src, manifests } -> [ string ]    # relative to `src`, and there
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
    attrNames
    attrValues
    concatLists
    concatMap
    elemAt
    filter
    genList
    isString
    length
    map
    mapAttrs
    match
    pathExists
    readDir
    readFile
    split
    stringLength
    substring
    tail
    ;
  inherit (relativePath) join normalize parent;

  exists = path: path != null && path != "" && pathExists (src + "/${path}");

  # Rust files below a directory.
  rustFiles =
    directory:
    let
      entries = readDir (src + "/${directory}");
      ofEntry =
        name: type:
        if type == "directory" then
          rustFiles (join directory name)
        else if match ".*[.]rs" name != null && type == "regular" then
          [ (join directory name) ]
        else
          [ ];
    in
    concatLists (attrValues (mapAttrs ofEntry entries));
  rustFilesIn = directory: if pathExists (src + "/${directory}") then rustFiles directory else [ ];

  space = "[[:space:]]*";
  # `text` stands behind the word `include` or `path` in the file.
  literalAfter =
    { packageDir, file }:
    text:
    let
      start = substring 0 300 text;
      plain = match "[a-z_]*!?${space}[(=]${space}r?#*\"([^\"]*)\".*" start;
      inPackage = match "[a-z_]*!${space}[(]${space}concat!${space}[(]${space}env!${space}[(]${space}\"CARGO_MANIFEST_DIR\"${space}[)]${space},${space}\"([^\"]*)\".*" start;
      variable = if plain == null then null else match "[$]CARGO_MANIFEST_DIR(.*)" (elemAt plain 0);
    in
    if inPackage != null then
      [ "${packageDir}/${elemAt inPackage 0}" ]
    else if variable != null then
      [ "${packageDir}/${elemAt variable 0}" ]
    else if plain != null then
      [ "${parent file}/${elemAt plain 0}" ]
    else
      [ ];
  includedBy =
    packageDir: file:
    let
      content = readFile (src + "/${file}");
      behind = word: tail (filter isString (split word content));
    in
    concatMap (literalAfter { inherit packageDir file; }) (behind "include" ++ behind "#\\[path");

  # Every other part between quotes is a literal, as far as there are no escapes.
  literals =
    content:
    let
      parts = filter isString (split "\"" content);
      isShort = text: stringLength text > 1 && stringLength text < 200;
    in
    filter isShort (genList (index: elemAt parts (2 * index + 1)) (length parts / 2));
  readByBuildScript =
    packageDir: manifest:
    let
      script = manifest.package.build or "build.rs";
      path = join packageDir script;
      isScript = isString script && pathExists (src + "/${path}");
    in
    if isScript then
      map (literal: "${packageDir}/${literal}") (
        filter (literal: match "[A-Za-z0-9_./-]+" literal != null) (literals (readFile (src + "/${path}")))
      )
    else
      [ ];

  ofPackage =
    packageDir:
    concatMap (includedBy packageDir) (rustFilesIn (join packageDir "src"))
    ++ readByBuildScript packageDir manifests.${packageDir};
in
filter exists (map normalize (concatMap ofPackage (attrNames manifests)))
