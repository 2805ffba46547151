/**
  What mkFlake makes of each folder of `fixtures/wrong`: something that throws.

  # Type

  ```
  wrong :: { mkFlake } -> { <folder> :: attrs; }
  ```
*/
{ mkFlake }:
let
  folders = ./fixtures/wrong;
  of =
    folder: _:
    let
      arguments = folders + "/${folder}/arguments.nix";
      packages =
        (mkFlake (
          {
            self = { };
            src = folders + "/${folder}";
          }
          // (if builtins.pathExists arguments then import arguments else { })
        )).packages.x86_64-linux;
    in
    packages.image-amd64.drvPath;
in
builtins.mapAttrs of (builtins.readDir folders)
