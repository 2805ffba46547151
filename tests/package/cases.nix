/**
  What the Nix lane reads of packages.

  # Type

  ```
  cases :: { casesFile :: string } -> [ [ { name, bins, members } or null ] ]
  ```
*/
{
  # Path of a JSON file: `[ { root :: string, packages :: [ string ] } ]`, directories of
  # workspaces and, relative to them, of packages in them.
  casesFile,
}:
let
  inherit (builtins)
    deepSeq
    fromJSON
    map
    readFile
    tryEval
    ;

  inherit (import ../nix/scope.nix) readCargoPackage;

  nameIn = manifests: directory: manifests.${directory}.package.name;
  read =
    src: package:
    let
      found = readCargoPackage { inherit src package; };
      result = {
        inherit (found) name bins;
        members = map (nameIn found.manifests) found.members;
      };
      evaluated = tryEval (deepSeq result result);
    in
    if evaluated.success then evaluated.value else null;
in
map (case: map (read (/. + case.root)) case.packages) (fromJSON (readFile casesFile))
