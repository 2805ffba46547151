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
    map
    match
    pathExists
    readDir
    sort
    substring
    ;

  inherit (fields) name;
  exists = path: pathExists (packagePath + "/${path}");

  declared = packageManifest.bin or [ ];
  pathOf =
    bin:
    bin.path or (
      if bin.name == name && exists "src/main.rs" then
        "src/main.rs"
      else if exists "src/bin/${bin.name}.rs" then
        "src/bin/${bin.name}.rs"
      else
        "src/bin/${bin.name}/main.rs"
    );

  srcBin = if exists "src/bin" then readDir (packagePath + "/src/bin") else { };
  discoverInSrcBin =
    entry:
    let
      stem = match "(.*)[.]rs" entry;
    in
    if substring 0 1 entry == "." then
      [ ]
    else if stem != null && srcBin.${entry} != "directory" then
      [
        {
          name = elemAt stem 0;
          path = "src/bin/${entry}";
        }
      ]
    else if exists "src/bin/${entry}/main.rs" then
      [
        {
          name = entry;
          path = "src/bin/${entry}/main.rs";
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

  # A file that [[bin]] names is no second binary.
  declaredNames = map (bin: bin.name) declared;
  declaredPaths = map pathOf declared;
  undeclared = filter (
    bin: !(elem bin.name declaredNames) && !(elem bin.path declaredPaths)
  ) discovered;
  # In edition 2015, [[bin]] switches discovery off.
  autobins = fields.autobins or (declared == [ ] || fields.edition or "2015" != "2015");
in
sort (a: b: a < b) (declaredNames ++ (if autobins then map (bin: bin.name) undeclared else [ ]))
