{ }:

/**
  Read `build.rustflags` from cargo's configuration, as far as cargo applies it to the musl
  targets.

  Cargo ignores `build.rustflags` as soon as a `target` table has rustflags, and
  ../build/pre-build.sh adds such a table: it must repeat these flags. The result is
  empty if the configuration has rustflags for a musl target itself.

  # Type

  ```
  readRustflags :: attrs -> [ string ]
  ```
*/
# Result of `readCargoConfig`.
config:
let
  inherit (builtins)
    any
    attrNames
    filter
    isString
    map
    match
    split
    ;

  # Cargo would ask rustc which `cfg(…)` applies; this decides by the words in it.
  isForOtherSystem =
    target: match ".*(windows|macos|apple|darwin|ios|wasm|android|bsd|msvc).*" target != null;
  overridesBuildFlags =
    target:
    config.target.${target} ? rustflags
    && (match "cfg.*" target != null || match ".*-linux-musl" target != null)
    && !(isForOtherSystem target);

  flags = config.build.rustflags or [ ];
  splitWords = text: filter (word: isString word && word != "") (split "[[:space:]]+" text);
in
if any overridesBuildFlags (attrNames (config.target or { })) then
  [ ]
else if isString flags then
  splitWords flags
else
  map toString flags
