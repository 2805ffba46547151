{ }:

/**
  Return a value, or throw if the running Nix is too old to evaluate it.

  # Type

  ```
  requireNixVersion :: { minimum ? …, current ? … } -> any -> any
  ```
*/
{
  minimum ? "2.8",
  current ? builtins.nixVersion,
}:
value:
if builtins.compareVersions current minimum < 0 then
  throw "muslin: this flake needs Nix ${minimum} or newer, and this is Nix ${current}; upgrade with `nix upgrade-nix`"
else
  value
