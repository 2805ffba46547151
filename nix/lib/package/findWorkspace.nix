{ relativePath }:

/**
  Find the directory of the workspace that a package inherits from: what
  `package.workspace` names, else the nearest directory above it, or its own, whose
  manifest has `[workspace]`; "" where there is none.

  # Type

  ```
  findWorkspace :: (string -> attrs or null) -> string -> string
  ```
*/
# The manifest in a directory relative to `src`, or null.
manifestOf:
let
  inherit (relativePath) normalize parent;

  nearest =
    directory:
    if directory == "" || (manifestOf directory).workspace or null != null then
      directory
    else
      nearest (parent directory);
in
directory:
let
  named = (manifestOf directory).package.workspace or null;
  found = if named == null then null else normalize "${directory}/${named}";
in
if found == null then nearest directory else found
