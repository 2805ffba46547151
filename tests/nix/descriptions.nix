/**
  The golden files that the Rust side is tested on, too: each folder of
  `tests/fixtures/descriptions` holds a package or a workspace, and
  `description.json`, which is to come of it.
*/
{ is }:
let
  inherit (builtins)
    attrNames
    filter
    fromJSON
    head
    listToAttrs
    map
    pathExists
    readDir
    readFile
    ;

  folders = ../fixtures/descriptions;
  manifest = import ../../nix/lib/manifest.nix;
  description = import ../../nix/lib/description.nix;

  # The cargo lane takes a workspace's only package with binaries; a flake says which.
  packageOf =
    src:
    let
      root = fromTOML (readFile (src + "/Cargo.toml"));
      folder = src + "/crates";
      hasBins =
        name:
        pathExists (folder + "/${name}/Cargo.toml")
        &&
          (manifest {
            inherit src;
            package = "crates/${name}";
          }).bins != [ ];
    in
    if root ? package then null else "crates/${head (filter hasBins (attrNames (readDir folder)))}";

  case =
    name:
    let
      src = folders + "/${name}";
    in
    {
      name = "the golden description of ${name}";
      value = is (description {
        manifest = manifest {
          inherit src;
          package = packageOf src;
        };
      }) (fromJSON (readFile (src + "/description.json")));
    };
  names = attrNames (readDir folders);
in
assert builtins.length names >= 6;
listToAttrs (map case names)
