/**
  Evaluate packages and checks of each directory in fixtures/wrong, which has to throw. A directory
  may have `arguments.nix`, with arguments of mkFlake.

  # Type

  ```
  wrong :: { mkFlake } -> { <directory> = string; }
  ```
*/
{ mkFlake }:
let
  fixtures = ./fixtures/wrong;
  evaluate =
    name: _:
    let
      arguments = fixtures + "/${name}/arguments.nix";
      outputs = mkFlake (
        {
          self = { };
          src = fixtures + "/${name}";
        }
        // (if builtins.pathExists arguments then import arguments else { })
      );
      derivations = map (kind: builtins.attrValues outputs.${kind}.x86_64-linux) [
        "packages"
        "checks"
      ];
    in
    builtins.deepSeq (map (derivation: derivation.drvPath) (builtins.concatLists derivations)) name;
in
builtins.mapAttrs evaluate (builtins.readDir fixtures)
