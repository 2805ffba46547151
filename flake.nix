{
  description = "Turn Rust packages into small, static, multi-architecture OCI images, the same bits every time";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    crane.url = "github:ipetkov/crane/v0.23.4";
    fenix = {
      url = "github:nix-community/fenix";
      inputs.nixpkgs.follows = "nixpkgs";
      inputs.rust-analyzer-src.follows = "";
    };
  };

  outputs =
    { self, ... }@inputs:
    let
      dependencies = {
        inherit inputs;
        muslinSrc = ./.;
      };
      mkFlake = import ./nix/mkFlake.nix dependencies;
      mkImages = import ./nix/mkImages.nix dependencies;
    in
    mkFlake {
      inherit self;
      src = ./.;
      # A string of the source is its name, and means cargo's profile.
      exclude = [ "bench" ];
    }
    // {
      lib = {
        inherit mkFlake mkImages;
      };
      flakeModules.default = import ./nix/flakeModule.nix { inherit mkImages; };
      overlays.default = import ./nix/overlay.nix { inherit mkImages; };
      templates.default = {
        path = ./templates/default;
        description = "Images of a Rust package for linux/amd64 and linux/arm64";
      };
    };
}
