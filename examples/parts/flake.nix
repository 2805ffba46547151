{
  description = "Images among the outputs of a flake of one's own";

  inputs = {
    muslin.url = "github:OWNER/muslin";
    nixpkgs.follows = "muslin/nixpkgs";
  };

  outputs =
    {
      self,
      muslin,
      nixpkgs,
    }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      builtFor =
        system:
        muslin.lib.mkImages nixpkgs.legacyPackages.${system} {
          src = ./.;
          revision = self.rev or null;
        };
      built = lib.genAttrs systems builtFor;
    in
    {
      packages = lib.mapAttrs (
        _:
        { images, ... }:
        {
          default = images.default.index;
          # Everything by architecture, too: `deps`, `executable`, `image`.
          hello-on-arm = images.default.builds.arm64.executable;
        }
      ) built;
      apps = lib.mapAttrs (_: { apps, ... }: { inherit (apps) push; }) built;
      checks = lib.mapAttrs (_: { checks, ... }: checks) built;
    };
}
