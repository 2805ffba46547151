/**
  The flags of `build.rustflags` in `.cargo/config.toml`, if they count for musl
  targets: cargo drops them where a table of targets has flags, and we add such a
  table, so it must repeat them.

  # Type

  ```
  rustflags :: path -> [ string ]
  ```
*/
src:
let
  inherit (builtins)
    any
    attrNames
    filter
    fromTOML
    head
    isString
    map
    match
    pathExists
    readFile
    split
    ;

  files = filter pathExists [
    (src + "/.cargo/config.toml")
    (src + "/.cargo/config")
  ];
  config = if files == [ ] then { } else fromTOML (readFile (head files));

  # A table for another system does not hide them. What cargo would ask rustc, this
  # reads from the name.
  isForeign =
    target: match ".*(windows|macos|apple|darwin|ios|wasm|android|bsd|msvc).*" target != null;
  isOurs =
    target:
    config.target.${target} ? rustflags
    && (match "cfg.*" target != null || match ".*-linux-musl" target != null)
    && !(isForeign target);
  hidden = any isOurs (attrNames (config.target or { }));

  flags = config.build.rustflags or [ ];
  words = text: filter (word: isString word && word != "") (split "[[:space:]]+" text);
in
if hidden then
  [ ]
else if isString flags then
  words flags
else
  map toString flags
