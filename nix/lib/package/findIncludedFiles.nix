{ relativePath }:

/**
  Find the files that the code of packages names in literals: behind `include_str!` and
  its like, behind CARGO_MANIFEST_DIR, as paths that begin with `../`, and anywhere in a
  build script. A literal is taken as a path from the file, from the package and from the
  workspace, and counts where such a file or directory exists.

  No regular expression sees more than a few hundred characters: those of Nix overflow
  the stack on large files. `split` may see all of a file, because its patterns here have
  a fixed length.

  # Type

  ```
  findIncludedFiles :: { src, manifests } -> { <directory> = [ string ]; }
  ```

  Files are relative to `src`, and there.
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
    concatStringsSep
    elem
    elemAt
    filter
    genList
    head
    isString
    length
    listToAttrs
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

  exists = path: path != null && pathExists (src + "/${path}");

  # Rust files below a directory, without those of other packages in it.
  rustFiles =
    directory:
    let
      entries = readDir (src + "/${directory}");
      ofEntry =
        name: type:
        let
          path = join directory name;
        in
        if type == "directory" then
          if manifests ? ${path} then [ ] else rustFiles path
        else if match ".*[.]rs" name != null && type == "regular" then
          [ path ]
        else
          [ ];
    in
    concatLists (attrValues (mapAttrs ofEntry entries));
  # The package's code: `src`, and the folders of binaries and library elsewhere.
  codeOf =
    packageDir: manifest:
    let
      src = join packageDir "src";
      targets = manifest.bin or [ ] ++ [ (manifest.lib or { }) ];
      paths = map (target: normalize "${packageDir}/${target.path}") (filter (t: t ? path) targets);
      folders = map parent (filter exists paths);
      isApart = folder: folder != "" && !(isBelow src folder);
    in
    concatMap rustFiles (
      if elem packageDir folders then
        [ packageDir ]
      else
        filter exists ([ src ] ++ filter isApart folders)
    );
  isBelow =
    directory: path:
    path == directory || substring 0 (stringLength directory + 1) path == "${directory}/";

  # Every other part between quotes is a literal, as far as there are no escapes.
  literals =
    text:
    let
      parts = filter isString (split "\"" text);
    in
    genList (index: elemAt parts (2 * index + 1)) (length parts / 2);
  # The existing paths that a literal may mean.
  pathsOf =
    { packageDir, file }:
    literal:
    let
      isPath = stringLength literal < 300 && match "[^\\{}*?<>|:\n]+" literal != null;
      # Never the whole package, and no folder around it.
      isPart = found: found != null && found != "" && !(isBelow found packageDir);
    in
    if isPath then
      filter (found: isPart found && exists found) (
        map (directory: normalize "${directory}/${literal}") [
          (parent file)
          packageDir
          ""
        ]
      )
    else
      [ ];

  namedBy =
    packageDir: file:
    let
      content = readFile (src + "/${file}");
      # What stands in the file behind each occurrence of a word.
      behind = word: map (substring 0 300) (tail (filter isString (split word content)));
      toQuote = text: head (split "\"" text);
      # The literals up to the end of a macro's arguments, as `concat!` joins them.
      joined = text: concatStringsSep "" (literals (head (split "[)]" text)));
      ofMacro = text: if match "[a-z_]*![[:space:]]*[({[].*" text == null then [ ] else [ (joined text) ];
      # As in `concat!(env!("CARGO_MANIFEST_DIR"), "/x")`, and not in a path of a test that
      # is joined when it runs.
      ofConcatenation =
        text:
        let
          rest = match "[[:space:]]*[)][[:space:]]*,(.*)" text;
        in
        if rest == null then [ ] else [ (joined (head rest)) ];
    in
    concatMap (pathsOf { inherit packageDir file; }) (
      map (text: "../${toQuote text}") (behind "\"[.][.]/")
      ++ map toQuote (behind "[$]CARGO_MANIFEST_DIR")
      ++ concatMap ofConcatenation (behind "CARGO_MANIFEST_DIR\"")
      ++ concatMap ofMacro (behind "include")
    );

  namedByBuildScript =
    packageDir: manifest:
    let
      file = normalize "${packageDir}/${manifest.package.build or "build.rs"}";
      isScript = isString (manifest.package.build or "") && exists file;
    in
    if isScript then
      concatMap (pathsOf { inherit packageDir file; }) (literals (readFile (src + "/${file}")))
    else
      [ ];

  ofPackage =
    packageDir: manifest:
    unique (
      concatMap (namedBy packageDir) (codeOf packageDir manifest)
      ++ namedByBuildScript packageDir manifest
    );
  unique =
    paths:
    attrNames (
      listToAttrs (
        map (name: {
          inherit name;
          value = null;
        }) paths
      )
    );
in
mapAttrs ofPackage manifests
