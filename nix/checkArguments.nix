{
  lib,
  quoteNames,
  supportedSystems,
}:

/**
  Check the arguments of mkFlake whose wrong values would fail far from where they are
  written.

  # Type

  ```
  checkArguments :: { src, systems } -> { src :: path, systems :: [ string ] }
  ```
*/
{ src, systems }:
let
  unsupported = lib.subtractLists supportedSystems systems;
in
{
  src =
    if builtins.isPath src then
      src
    else
      throw "muslin: `src` of `mkFlake` must be a path, and is of type ${builtins.typeOf src}; write `src = ./.;` without quotes";
  systems =
    if unsupported == [ ] then
      systems
    else
      throw "muslin: `${lib.head unsupported}` in `systems` of `mkFlake` is not supported; supported are ${quoteNames supportedSystems}";
}
