/**
  A value as TOML, each key of it on a line and all below inline. A derivation
  becomes its path, so what this gives may depend on what is built.

  It takes the place of crane's `writeTOML`, which builds a program for it with a
  second toolchain.

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

  inline =
    value:
    if isAttrs value && value ? outPath then
      toJSON "${value}"
    else if isAttrs value then
      "{ ${concatStringsSep ", " (pairs value)} }"
    else if isList value then
      "[${concatStringsSep ", " (map inline value)}]"
    else
      toJSON value;

  pairs =
    table:
    map (key: "${toJSON key} = ${inline table.${key}}") (
      filter (key: table.${key} != null) (attrNames table)
    );
in
concatStringsSep "" (map (line: line + "\n") (pairs value))
