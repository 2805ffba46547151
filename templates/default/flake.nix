{
  inputs.muslin.url = "github:OWNER/muslin";
  outputs =
    { self, muslin }:
    muslin.lib.mkFlake {
      inherit self;
      src = ./.;
      # What `nix flake check` runs besides the checks of the images.
      checks = [
        "clippy"
        "fmt"
        "test"
      ];
    };
}
