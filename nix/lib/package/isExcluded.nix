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
    elem
    filter
    map
    split
    stringLength
    substring
    ;

  isBelow =
    path: directory:
    path == directory || substring 0 (stringLength directory + 1) path == "${directory}/";
  # Cargo compares them as they are written, so that a path with `..` leads nowhere.
  leadsNowhere = path: elem ".." (split "/" path);
  paths =
    key:
    map relativePath.normalize (
      filter (path: !(leadsNowhere path)) (workspaceManifest.workspace.${key} or [ ])
    );
  excluded = paths "exclude";
  spelledOut = paths "members";
in
directory: any (isBelow directory) excluded && !(any (isBelow directory) spelledOut)
