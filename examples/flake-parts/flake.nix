{
  description = "Images by the module for flake-parts";

  inputs = {
    muslin.url = "github:OWNER/muslin";
    nixpkgs.follows = "muslin/nixpkgs";
    flake-parts = {
      url = "github:hercules-ci/flake-parts";
      inputs.nixpkgs-lib.follows = "nixpkgs";
    };
  };

  outputs =
    inputs:
    inputs.flake-parts.lib.mkFlake { inherit inputs; } {
      imports = [ inputs.muslin.flakeModules.default ];
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      perSystem =
        { config, ... }:
        {
          muslin = {
            src = ./.;
            checks = [ "clippy" ];
          };
          # In place of the executables, which the module would take.
          packages.default = config.packages.image;
        };
    };
}
