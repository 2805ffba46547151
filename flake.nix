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
      mkFlake = import ./nix/mkFlake.nix {
        inherit inputs;
        muslinSrc = ./.;
      };
    in
    mkFlake {
      inherit self;
      src = ./.;
    }
    // {
      lib = {
        inherit mkFlake;
      };
      templates.default = {
        path = ./templates/default;
        description = "Images of a Rust package for linux/amd64 and linux/arm64";
      };
    };
}
