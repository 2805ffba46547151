{ }:

/**
  Find the binaries of a package as cargo does: those in `[[bin]]`, and, unless
  `autobins` is off, `src/main.rs`, and in `src/bin` files and directories with a `main.rs`.

  # Type

  ```
  findBinaries :: { packageManifest, packagePath, fields } -> [ string ]
  ```
*/
{
  # The package's Cargo.toml.
  packageManifest,
  # The package's directory.
  packagePath,
  # `[package]`, with inherited keys filled in.
  fields,
}:
let
  inherit (builtins)
    attrNames
    concatMap
    elem
    elemAt
    filter
    isString
    map
    match
    pathExists
    readDir
    sort
    split
    substring
    ;

  inherit (fields) name;
  exists = path: pathExists (packagePath + "/${path}");

  srcBin = if exists "src/bin" then readDir (packagePath + "/src/bin") else { };
  discoverInSrcBin =
    entry:
    let
      stem = match "(.*)[.]rs" entry;
      # A symbolic link to a directory is none for cargo.
      isDirectory = srcBin.${entry} == "directory";
    in
    if substring 0 1 entry == "." then
      [ ]
    else if isDirectory && exists "src/bin/${entry}/main.rs" then
      [
        {
          name = entry;
          path = "src/bin/${entry}/main.rs";
        }
      ]
    else if !isDirectory && stem != null then
      [
        {
          name = elemAt stem 0;
          path = "src/bin/${entry}";
        }
      ]
    else
      [ ];
  mainRs = {
    inherit name;
    path = "src/main.rs";
  };
  discovered =
    (if exists "src/main.rs" then [ mainRs ] else [ ]) ++ concatMap discoverInSrcBin (attrNames srcBin);

  declared = packageManifest.bin or [ ];
  declaredNames = map (
    bin: bin.name or (throw "muslin: a `[[bin]]` of the package `${name}` has no `name`; give it one")
  ) declared;
  # As cargo compares paths: `./src//main.rs` is `src/main.rs`, `src/bin/../main.rs` is not.
  components = path: filter (part: isString part && part != "" && part != ".") (split "/" path);
  declaredPaths = map (bin: components bin.path) (filter (bin: bin ? path) declared);
  # A file that [[bin]] names is no second binary.
  undeclared = filter (
    bin: !(elem bin.name declaredNames) && !(elem (components bin.path) declaredPaths)
  ) discovered;
  # In edition 2015, [[bin]] switches discovery off.
  autobins = fields.autobins or (!(packageManifest ? bin) || fields.edition or "2015" != "2015");
in
sort (a: b: a < b) (declaredNames ++ (if autobins then map (bin: bin.name) undeclared else [ ]))
