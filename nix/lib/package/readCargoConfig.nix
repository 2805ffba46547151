{ }:

/**
  Read cargo's configuration in the workspace: `.cargo/config.toml`, or `.cargo/config`.
  An empty set where there is none.

  # Type

  ```
  readCargoConfig :: path -> attrs
  ```
*/
# The workspace's directory.
src:
let
  inherit (builtins)
    filter
    fromTOML
    head
    pathExists
    readFile
    ;

  # Cargo prefers the name without an extension.
  files = filter pathExists [
    (src + "/.cargo/config")
    (src + "/.cargo/config.toml")
  ];
in
if files == [ ] then { } else fromTOML (readFile (head files))
