{ }:

/**
  Resolve the `files` of a description to paths, and check that they exist.

  # Type

  ```
  resolveFiles :: { packagePath :: path, files :: [ { from, to :: string } ] }
    -> [ { path :: path, to :: string } ]
  ```
*/
{
  # The package's directory.
  packagePath,
  # `files` of the description: `from` is relative to the package, `to` a path in the image.
  files,
}:
map (
  { from, to }:
  let
    path = packagePath + "/${from}";
  in
  if builtins.pathExists path then
    { inherit path to; }
  else
    throw "muslin: `from = \"${from}\"` in `files` does not exist; it is relative to the package's directory, and must be in git (`git add` it): a flake sees only files that git tracks"
) files
