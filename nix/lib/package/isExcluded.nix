{ relativePath }:

/**
  Whether a workspace's `exclude` holds a directory. What `members` spells out is not
  excluded for cargo; what it matches by a glob is.

  # Type

  ```
  isExcluded :: attrs -> string -> bool
  ```
*/
# The workspace's Cargo.toml.
workspaceManifest:
let
  inherit (builtins)
    any
    filter
    map
    stringLength
    substring
    ;

  isBelow =
    path: directory:
    path == directory || substring 0 (stringLength directory + 1) path == "${directory}/";
  paths =
    key:
    filter (path: path != null) (
      map relativePath.normalize (workspaceManifest.workspace.${key} or [ ])
    );
  excluded = paths "exclude";
  spelledOut = paths "members";
in
directory: any (isBelow directory) excluded && !(any (isBelow directory) spelledOut)
