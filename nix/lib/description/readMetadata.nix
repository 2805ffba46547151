{ quoteNames }:

/**
  Read `[package.metadata.muslin]` over `[workspace.metadata.muslin]`, and a table of the
  flake's over both, and check the name and type of every key. `src/package/` does the
  same for the Rust program.

  - `values`: the keys that are set, as written; `env`, `labels` and `annotations` are
    always set, and merged from all tables.
  - `locate`: where a key is set, for messages.

  # Type

  ```
  readMetadata :: { cargoPackage, table ? { }, place ? … }
    -> { values :: attrs, locate :: string -> string }
  ```
*/
{
  # Result of `readCargoPackage`.
  cargoPackage,
  # Keys that the flake sets.
  table ? { },
  # Where it sets them, for messages.
  place ? "the arguments",
}:
let
  inherit (builtins)
    all
    attrNames
    attrValues
    deepSeq
    isAttrs
    isInt
    isList
    isString
    listToAttrs
    map
    mapAttrs
    toJSON
    ;

  string = {
    check = isString;
    name = "a string";
  };
  strings = {
    check = value: isList value && all isString value;
    name = "a list of strings";
  };
  stringTable = {
    check = value: isAttrs value && all isString (attrValues value);
    name = "a table of strings";
  };
  ports = {
    check = value: isList value && all (port: isString port || isInt port) value;
    name = "a list of ports";
  };
  size = {
    check = value: isString value || isInt value;
    name = "a size";
  };
  isFile =
    file:
    isAttrs file
    &&
      attrNames file == [
        "from"
        "to"
      ]
    && all isString (attrValues file);
  files = {
    check = value: isList value && all isFile value;
    name = "a list of `{ from = \"…\", to = \"…\" }`";
  };

  keyTypes = {
    inherit files;
    annotations = stringTable;
    args = strings;
    bins = strings;
    entrypoint = string;
    env = stringTable;
    expose = ports;
    features = strings;
    image = string;
    labels = stringTable;
    max-size = size;
    platforms = strings;
    profile = string;
    stop-signal = string;
    tags = strings;
    user = string;
    volumes = strings;
    workdir = string;
  };

  checkTable =
    {
      title,
      # Where one looks for an unknown key.
      file,
      # Where one looks for the value of a known one.
      place,
    }:
    table:
    let
      checkKey =
        key: value:
        if key == "base" then
          throw "muslin: `base` in ${file} is not supported: images start from nothing, because a static executable needs no base image; CA certificates, users and `/tmp` are included, and `files` adds other files"
        else if !(keyTypes ? ${key}) then
          throw "muslin: `${key}` in ${file} is not a key of `[${title}]`; the keys are ${quoteNames (attrNames keyTypes)}"
        else if !(keyTypes.${key}.check value) then
          throw "muslin: `${key}` in ${place} must be ${keyTypes.${key}.name}, and is ${toJSON value}"
        else
          value;
      checked = mapAttrs checkKey table;
    in
    if isAttrs table then
      # Also keys whose values are not used must be right.
      deepSeq checked checked
    else
      throw "muslin: `muslin` in ${place} must be a table, and is ${toJSON table}";

  inManifest = title: path: {
    inherit title;
    file = "`${path}`";
    place = "`[${title}]` of `${path}`";
  };
  inFlake = {
    title = "package.metadata.muslin";
    file = place;
    inherit place;
  };

  workspaceTable = checkTable (inManifest "workspace.metadata.muslin" "Cargo.toml") (
    cargoPackage.workspaceManifest.workspace.metadata.muslin or { }
  );
  packageTable = checkTable (inManifest "package.metadata.muslin" cargoPackage.manifestPath) (
    cargoPackage.fields.metadata.muslin or { }
  );
  flakeTable = checkTable inFlake table;
  mergedTables = listToAttrs (
    map
      (name: {
        inherit name;
        value =
          (workspaceTable.${name} or { }) // (packageTable.${name} or { }) // (flakeTable.${name} or { });
      })
      [
        "env"
        "labels"
        "annotations"
      ]
  );
in
{
  values = workspaceTable // packageTable // flakeTable // mergedTables;
  locate =
    key:
    if flakeTable ? ${key} then
      "`${key}` in ${place}"
    else if workspaceTable ? ${key} && !(packageTable ? ${key}) then
      "`${key}` in `[workspace.metadata.muslin]` of `Cargo.toml`"
    else
      "`${key}` in `[package.metadata.muslin]` of `${cargoPackage.manifestPath}`";
}
