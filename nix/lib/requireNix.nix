/**
  A value, if this Nix is new enough to make it.

  # Type

  ```
  requireNix :: { minimum, current } -> any -> any
  ```
*/
{
  # The oldest version that works.
  minimum ? "2.8",
  current ? builtins.nixVersion,
}:
value:
if builtins.compareVersions current minimum < 0 then
  throw "muslin: this flake needs Nix ${minimum} or newer, and this is Nix ${current}; upgrade with `nix upgrade-nix`"
else
  value
