/**
  Evaluate an image of each directory in fixtures/wrong, which has to throw. A directory
  may have `arguments.nix`, with arguments of mkFlake.

  # Type

  ```
  wrong :: { mkFlake } -> { <directory> = string; }
  ```
*/
{ mkFlake }:
let
  fixtures = ./fixtures/wrong;
  drvPathOf =
    name: _:
    let
      arguments = fixtures + "/${name}/arguments.nix";
      packages =
        (mkFlake (
          {
            self = { };
            src = fixtures + "/${name}";
          }
          // (if builtins.pathExists arguments then import arguments else { })
        )).packages.x86_64-linux;
    in
    packages.image-amd64.drvPath;
in
builtins.mapAttrs drvPathOf (builtins.readDir fixtures)
