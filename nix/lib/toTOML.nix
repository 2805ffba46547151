{ }:

/**
  Write an attribute set as TOML: one line for each key of the top level, with
  inline tables and arrays below it. Attributes that are null are left out; a
  derivation is written as its store path.

  It replaces crane's `writeTOML` (see ./build/mkDummySource.nix), which would compile a
  program to do this.

  # Type

  ```
  toTOML :: attrs -> string
  ```
*/
value:
let
  inherit (builtins)
    attrNames
    concatStringsSep
    filter
    isAttrs
    isList
    map
    toJSON
    ;

  toInline =
    value:
    if isAttrs value && value ? outPath then
      toJSON "${value}"
    else if isAttrs value then
      "{ ${concatStringsSep ", " (toPairs value)} }"
    else if isList value then
      "[${concatStringsSep ", " (map toInline value)}]"
    else
      toJSON value;

  toPairs =
    table:
    map (key: "${toJSON key} = ${toInline table.${key}}") (
      filter (key: table.${key} != null) (attrNames table)
    );
in
concatStringsSep "" (map (line: line + "\n") (toPairs value))
