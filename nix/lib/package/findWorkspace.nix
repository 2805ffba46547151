{ isExcluded, relativePath }:

/**
  Find the directory of the workspace that a package inherits from, as cargo does it when
  it builds the workspace in `src`: the one that `package.workspace` names; else the one
  in `src`, unless that excludes the package; else the nearest directory whose manifest
  has `[workspace]`. "" is `src`.

  # Type

  ```
  findWorkspace :: (string -> attrs or null) -> string -> string
  ```
*/
# The manifest in a directory relative to `src`, or null.
manifestOf:
let
  inherit (relativePath) normalize parent;

  hasWorkspace = directory: (manifestOf directory).workspace or null != null;
  isExcludedAtTop = isExcluded (manifestOf "");

  nearest =
    directory:
    if directory == "" || hasWorkspace directory then directory else nearest (parent directory);
in
directory:
let
  named = (manifestOf directory).package.workspace or null;
  found = if named == null then null else normalize "${directory}/${named}";
in
if hasWorkspace directory then
  directory
else if found != null then
  found
else if hasWorkspace "" && !(isExcludedAtTop directory) then
  ""
else
  nearest directory
