/**
  The files that a description asks for, each with the path that it is taken from.

  # Type

  ```
  files :: { src :: path, files :: [ { from, to } ] } -> [ { path :: path, to :: string } ]
  ```
*/
{
  # The package's folder, which `from` is relative to.
  src,
  # Of ./description.nix.
  files,
}:
map (
  row:
  let
    path = src + "/${row.from}";
  in
  if builtins.pathExists path then
    {
      inherit path;
      inherit (row) to;
    }
  else
    throw "muslin: `from = \"${row.from}\"` in `files` is not there; it is relative to the package's folder, and Nix sees only what git knows (`git add` it)"
) files
