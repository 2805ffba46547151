{ }:

/**
  Functions on paths that are strings relative to the workspace's directory, such as
  "crates/cli"; the directory itself is "".

  - `join`: a path below a directory.
  - `normalize`: without empty, `.` and `..` components; null if it leads out of the
    workspace: "crates/cli/../core/" is "crates/core".
  - `parent`: the directory of a path.

  # Type

  ```
  relativePath :: {
    join :: string -> string -> string;
    normalize :: string -> string or null;
    parent :: string -> string;
  }
  ```
*/
let
  inherit (builtins)
    filter
    foldl'
    head
    isString
    match
    split
    ;

  join = directory: name: if directory == "" then name else "${directory}/${name}";
  parent =
    path:
    let
      found = match "(.*)/[^/]*" path;
    in
    if found == null then "" else head found;
  addComponent =
    done: component:
    if done == null || component == "" || component == "." then
      done
    else if component != ".." then
      join done component
    else if done == "" then
      null
    else
      parent done;
in
{
  inherit join parent;
  normalize = path: foldl' addComponent "" (filter isString (split "/" path));
}
