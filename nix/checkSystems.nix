{
  lib,
  quoteNames,
  supportedSystems,
}:

/**
  Check the argument `systems` of mkFlake.

  # Type

  ```
  checkSystems :: [ string ] -> [ string ]
  ```
*/
systems:
let
  unsupported = lib.subtractLists supportedSystems systems;
in
if unsupported == [ ] then
  systems
else
  throw "muslin: `${lib.head unsupported}` in `systems` of `mkFlake` is not supported; supported are ${quoteNames supportedSystems}"
