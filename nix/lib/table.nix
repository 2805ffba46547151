/**
  `[package.metadata.muslin]` over `[workspace.metadata.muslin]`, as they are
  written: every key is known and has a value of its type. The Rust side of this is
  `src/package/table.rs`.

  # Type

  ```
  table :: { manifest } -> { values :: attrs; where :: string -> string; }
  ```
*/
{
  # Of ./manifest.nix.
  manifest,
}:
let
  inherit (builtins)
    all
    attrNames
    attrValues
    concatStringsSep
    isAttrs
    isInt
    isList
    isString
    listToAttrs
    map
    mapAttrs
    typeOf
    ;

  quote = names: concatStringsSep ", " (map (name: "`${name}`") names);

  isText = {
    holds = isString;
    kind = "text";
  };
  isTexts = {
    holds = value: isList value && all isString value;
    kind = "a list of texts";
  };
  isMap = {
    holds = value: isAttrs value && all isString (attrValues value);
    kind = "a table of texts";
  };
  isPorts = {
    holds = value: isList value && all (port: isString port || isInt port) value;
    kind = "a list of ports";
  };
  isSize = {
    holds = value: isString value || isInt value;
    kind = "a size";
  };
  isRow =
    row:
    isAttrs row
    &&
      attrNames row == [
        "from"
        "to"
      ]
    && all isString (attrValues row);
  isFiles = {
    holds = value: isList value && all isRow value;
    kind = "a list of `{ from = \"…\", to = \"…\" }`";
  };

  keys = {
    image = isText;
    tags = isTexts;
    bins = isTexts;
    entrypoint = isText;
    args = isTexts;
    platforms = isTexts;
    profile = isText;
    features = isTexts;
    user = isText;
    workdir = isText;
    env = isMap;
    expose = isPorts;
    volumes = isTexts;
    stop-signal = isText;
    files = isFiles;
    max-size = isSize;
    labels = isMap;
    annotations = isMap;
  };

  checked =
    title: file: table:
    let
      check =
        key: value:
        if key == "base" then
          throw "muslin: `base` in `${file}`: images start from nothing, because a static program needs no base image and one would make the image larger and change without you; CA certificates, users and `/tmp` are there already, and `files` adds what else you need"
        else if !(keys ? ${key}) then
          throw "muslin: `${key}` in `${file}` is no key of `[${title}]`; its keys are ${quote (attrNames keys)}"
        else if !(keys.${key}.holds value) then
          throw "muslin: `${key}` in `[${title}]` of `${file}` cannot be read: it is ${typeOf value}, and should be ${keys.${key}.kind}"
        else
          value;
      all = mapAttrs check table;
    in
    if isAttrs table then
      # All of it, so that a wrong key is found although nobody reads it.
      builtins.deepSeq all all
    else
      throw "muslin: `muslin` in `[${title}]` of `${file}` cannot be read: it should be a table";

  shared = checked "workspace.metadata.muslin" "Cargo.toml" (
    manifest.root.workspace.metadata.muslin or { }
  );
  own = checked "package.metadata.muslin" manifest.file (manifest.fields.metadata.muslin or { });

  # These are joined, entry by entry; of all others the package's is taken.
  joined =
    map
      (name: {
        inherit name;
        value = (shared.${name} or { }) // (own.${name} or { });
      })
      [
        "env"
        "labels"
        "annotations"
      ];
in
{
  values = shared // own // listToAttrs joined;
  # Where a key is written, for messages.
  where =
    key:
    if shared ? ${key} && !(own ? ${key}) then
      "`${key}` in `[workspace.metadata.muslin]` of `Cargo.toml`"
    else
      "`${key}` in `[package.metadata.muslin]` of `${manifest.file}`";
}
