/**
  The golden files that the Rust side is tested on, too: each folder of
  `tests/fixtures/descriptions` holds a package or a workspace, and either
  `description.json`, which is to come of it, or `error.txt`, where it is refused.
*/
{ is, refuses }:
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

  folders = ../fixtures/descriptions;

  # The cargo lane finds a workspace's package by itself; a flake says which.
  members = {
    bad-default = "server";
    default-members = "two";
    excluded = "apps/server";
    inherits-nothing = "server";
    member = "crates/server";
  };

  described =
    name:
    let
      manifest = import ../../nix/lib/manifest.nix {
        src = folders + "/${name}";
        package = members.${name} or null;
      };
      description = import ../../nix/lib/description.nix { inherit manifest; };
      files = import ../../nix/lib/files.nix {
        src = manifest.place;
        inherit (description) files;
      };
    in
    builtins.deepSeq (map (row: toString row.path) files) description;

  case =
    name:
    let
      golden = folders + "/${name}/description.json";
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
  names = attrNames (readDir folders);
in
assert builtins.length names >= 30;
listToAttrs (map case names)
