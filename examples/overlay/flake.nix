{
  description = "Images with a nixpkgs of one's own, by the overlay";

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
      pkgsFor =
        system:
        import nixpkgs {
          inherit system;
          overlays = [ muslin.overlays.default ];
        };
      builtFor =
        system:
        (pkgsFor system).muslin.mkImages {
          src = ./.;
          revision = self.rev or null;
        };
    in
    {
      packages = nixpkgs.lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (
        system: (builtFor system).packages
      );
    };
}
