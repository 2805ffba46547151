/**
  Tests of describeImage on the golden files that the Rust program is tested on, too.
  Each directory in `tests/fixtures/descriptions` has a package or a workspace, and
  either the expected description, `description.json`, or `error.txt`, if it is refused.

  # Type

  ```
  descriptions :: { is, refuses, scope } -> { <test> = { found, wanted, ok }; }
  ```
*/
{
  # Functions of ./default.nix: tests for equality, and whether a value throws.
  is,
  refuses,
  # ./scope.nix
  scope,
}:
let
  inherit (builtins)
    attrNames
    fromJSON
    listToAttrs
    map
    pathExists
    readDir
    readFile
    ;

  directories = ../fixtures/descriptions;

  # The Rust program selects the package of a workspace by itself; in a flake, `package`
  # does.
  members = {
    bad-default = "server";
    default-members = "two";
    default-members-glob = "two";
    excluded = "apps/server";
    inherits-nothing = "server";
    member = "crates/server";
  };

  described =
    name:
    let
      cargoPackage = scope.readCargoPackage {
        src = directories + "/${name}";
        package = members.${name} or null;
      };
      description = scope.describeImage { inherit cargoPackage; };
      files = scope.resolveFiles {
        inherit (cargoPackage) packagePath;
        inherit (description) files;
      };
    in
    builtins.deepSeq (map (file: toString file.path) files) description;

  case =
    name:
    let
      golden = directories + "/${name}/description.json";
    in
    if pathExists golden then
      {
        name = "the golden description of ${name}";
        value = is (described name) (fromJSON (readFile golden));
      }
    else
      {
        name = "${name} is refused";
        value = is (refuses (described name)) true;
      };
  names = attrNames (readDir directories);
in
assert builtins.length names >= 30;
listToAttrs (map case names)
