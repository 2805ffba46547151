{ }:

/**
  Read `rust-toolchain.toml` or `rust-toolchain`, the files that rustup reads. Null if
  there is none.

  # Type

  ```
  readToolchainFile :: path -> { file, channel :: string; components :: [ string ]; } or null
  ```
*/
src:
let
  inherit (builtins)
    elemAt
    filter
    fromTOML
    head
    match
    pathExists
    readFile
    ;

  found = filter (name: pathExists (src + "/${name}")) [
    # Where both exist, rustup takes the first.
    "rust-toolchain"
    "rust-toolchain.toml"
  ];
  file = head found;
  text = readFile (src + "/${file}");
  # The old form is a channel alone.
  channelAlone = match "[[:space:]]*([A-Za-z0-9._-]+)[[:space:]]*" text;
  toolchain =
    if channelAlone != null then
      { channel = elemAt channelAlone 0; }
    else
      (fromTOML text).toolchain or { };
in
if found == [ ] then
  null
else if toolchain ? path then
  throw "muslin: `path` in `${file}` is not supported; pass the toolchain as `toolchain = pkgs: fenix: …;`"
else
  {
    inherit file;
    channel = toolchain.channel or "stable";
    components = toolchain.components or [ ];
  }
