{ mkImages }:

/**
  A module for flake-parts: `perSystem.muslin` takes the arguments of `mkImages`, and the
  outputs of the flake get what it makes. Whatever the flake itself defines under the
  same name goes before it.

  # Type

  ```
  flakeModule :: module
  ```
*/
{
  flake-parts-lib,
  lib,
  self,
  ...
}:
{
  _file = "muslin";

  options.perSystem = flake-parts-lib.mkPerSystemOption (
    {
      config,
      options,
      pkgs,
      ...
    }:
    let
      arguments = {
        revision = self.rev or self.dirtyRev or null;
      }
      // config.muslin;
      built = mkImages pkgs arguments;
      asDefaults = lib.mapAttrs (_: lib.mkDefault);
    in
    {
      options.muslin = lib.mkOption {
        type = lib.types.lazyAttrsOf lib.types.raw;
        example = lib.literalExpression "{ src = ./.; }";
        description = "Arguments of `mkImages`, which docs/reference/flake.md of muslin lists.";
      };
      config = lib.mkIf options.muslin.isDefined {
        packages = asDefaults built.packages;
        apps = asDefaults built.apps;
        checks = asDefaults built.checks;
        devShells = asDefaults built.devShells;
      };
    }
  );
}
